-- The planted rows. Each says where it ends; "test_acceptance_retailer.py" holds the same as data.

insert into "Øst & Vest Markt"."Kunden 100%" values
    ('00000000-0000-0000-0000-0000000000a1', 'Ada@x.example', 'Ada Lovelace', 100, '1815-12-10', 10.50, '2020-03-29 03:30', '{new,"100%"}'),
    ('00000000-0000-0000-0000-0000000000a2', 'bob@x.example', 'Bob', null, null, 0, '2021-07-01 12:00', null),
    ('00000000-0000-0000-0000-0000000000a3', 'cid@x.example', 'Cid', 300, '1970-01-01', 1, null, '{}'),
    ('00000000-0000-0000-0000-0000000000a4', null, 'Dup', 400, '1950-05-05', 2, null, null),
    ('00000000-0000-0000-0000-0000000000a5', null, 'Émile "O''Neil" %s', 500, null, 3, '2020-12-31 23:59:59.999999', null);

insert into "select"."user" values
    ('n', 1, 'ADA@X.example', 'A. Lovelace', 100, null, 20.1234, '2019-01-01 00:00+00', 'it''s gold'),  -- merges by loyalty
    ('n', 2, 'bob@x.example', 'Bob', null, '1900-01-01', null, null, 'none'),                             -- merges by mail
    ('n', 4, null, 'Dup', 401, '1950-05-05', null, null, null),
    ('s', 3, 'cid@x.example', 'Cid', 301, null, null, null, 'Platin %');                                  -- another's mail: unique email

insert into shop.clients values
    ('c1', null, 'Ada Lovelace', '100', '1815-12-11', '7', true),       -- merges by loyalty; its birthday survives
    ('c2', null, 'Bob', null, '1900-01-01', '1e2', false),              -- merges by name and birthday
    ('c3', 'cid@x.example', 'Cid', '3OO', null, null, null),            -- cast loyalty_no
    ('c4', null, 'Dup', null, '1950-05-05', null, null),                -- match-many
    ('c5', null, 'Nokey', null, null, null, null),                      -- no-key
    ('c6', 'eve@x.example', 'Eve', null, '31.12.1999', null, null),     -- cast born
    ('c7', 'fay@x.example', 'Fay', null, null, '-501', null),           -- check
    ('c8', 'gus@x.example', null, '800', null, null, null),             -- null full_name
    ('test_1', 'test@x.example', 'Test', null, null, null, null),       -- dropped
    ('c9', 'hal@x.example', 'Hal', '900', '1990-02-28', '12.345', true);

insert into shop.categories values
    ('root', null, 'Everything'),
    ('food', 'root', 'Food'),
    ('tea', 'food', 'Tea'),
    ('egg', 'hen', 'Egg'),
    ('hen', 'egg', 'Hen'),                 -- a ring of two
    ('own', 'own', 'Its own parent'),
    ('lost', 'nowhere', 'Orphan');         -- lost reference

insert into "Øst & Vest Markt"."Waren" values
    ('A-1', '00000000-0000-0000-0000-00000000b001', 'Tea "Earl"', '0.125', 'tea', '{"origin": {"land": "IN"}, "%": 1}', '{"a b",NULL,"c,d"}', 'A-2', '100 % good', 1),
    ('A-2', '00000000-0000-0000-0000-00000000b002', 'Tea, better', '0,25', 'tea', null, null, null, null, 2),      -- cast weight
    ('A-3', '00000000-0000-0000-0000-00000000b003', 'Egg', null, 'egg', 'null', '{}', 'A-1', null, null),
    ('A-4', '00000000-0000-0000-0000-00000000b004', 'Nothing', '9999999', 'tea', null, null, null, null, null),   -- cast weight
    ('A-5', '00000000-0000-0000-0000-00000000b005', 'Cup', '1', null, '[]', null, 'A-4', null, 5),                 -- lost reference
    ('A-6', '00000000-0000-0000-0000-00000000b006', 'Stray', '1', 'zzz', null, null, null, null, null),            -- lookup-none
    ('x-9', '00000000-0000-0000-0000-00000000b007', 'Small x', '1', 'root', null, null, 'X-9', null, null),
    ('X-9', '00000000-0000-0000-0000-00000000b008', 'Large X', '1', 'root', null, null, 'x-9', null, null);

insert into shop.price_list values
    ('A-1', '2024-01-01', '9.99', '8,88', null, 'live'),        -- promo: cast
    ('A-1', '2024-02-01', '10', '9', '5.005', 'live'),
    ('a-3', '2024-01-01', '1.00', null, null, 'live'),          -- by the second way
    ('X-9 ', '2024-01-01', '1.00', null, '0.5', 'live'),        -- lookup-many, twice
    ('A-4', '2024-01-01', '3', null, null, 'live'),             -- lookup-none
    ('A-5', '2024-01-01', '-1', '2', null, 'live'),             -- regular: check
    ('A-5', '2024-03-01', null, null, null, 'live'),            -- three empty arms
    ('A-5', '2024-04-01', '4', '4', '4', 'draft');              -- dropped

insert into shop.price_archive (sku, valid_from, regular, promo, clearance) values
    ('A-1', '2024-01-01', 9.99, 7, null),                       -- regular merges; promo stands
    ('A-1', '2024-02-01', 11, 9, 5.01),                         -- a conflict of regular
    ('A-3', '2023-01-01', 2, null, null);

insert into shop.click_log (payload, received) values
    ('{"session": "00000000-0000-0000-0000-00000000c001", "at": "2024-07-01 12:00", "kind": "none", "group": "n", "no": 1, "amount": "12.345", "bot": false, "tags": "a,b", "meta": {"x": [1, null]}}', '2024-07-01 10:00:01'),
    ('{"session": "00000000-0000-0000-0000-00000000c002", "at": "2024-01-01 12:00", "kind": "it''s gold", "loyalty": 300, "amount": 5}', '2024-01-01 11:00'),
    ('{"session": "00000000-0000-0000-0000-00000000c003", "at": "2024-01-01", "kind": "none", "mail": "HAL@x.example", "bot": "yes"}', '2024-01-01 11:00'),
    ('{"session": "00000000-0000-0000-0000-00000000c004", "kind": "none"}', '2024-01-01 11:00'),                         -- no customer: optional
    ('{"session": "not a uuid", "kind": "none"}', '2024-01-01 11:00'),                                                     -- cast
    ('{"session": "00000000-0000-0000-0000-00000000c006", "kind": "Platin"}', '2024-01-01 11:00'),                        -- cast of an enum
    ('{"session": "00000000-0000-0000-0000-00000000c007", "kind": "none", "amount": "1e9"}', '2024-01-01 11:00'),         -- cast: overflow
    ('{"session": "00000000-0000-0000-0000-00000000c008", "kind": "none", "at": "2024-02-30"}', '2024-01-01 11:00'),      -- cast
    ('{"session": "00000000-0000-0000-0000-00000000c009", "kind": "none", "loyalty": 999}', '2024-01-01 11:00'),          -- lookup-none
    ('{"session": "00000000-0000-0000-0000-00000000c010", "kind": "none", "loyalty": "x"}', '2024-01-01 11:00'),          -- cast inside a lookup
    ('{"session": "00000000-0000-0000-0000-00000000c001", "at": "2024-07-01 12:00", "kind": "none", "meta": "later"}', '2024-07-01 10:00:02'),  -- merges
    ('[]', '2024-01-01 11:00');                                                                                            -- null session

insert into shop.stock values ('A-1', 1, 10), ('A-1', 2, 0), ('A-4', 1, 3);                               -- the last: lookup-none
insert into shop.bins values (1, 'left'), (2, 'right');

insert into hr.departments values
    (1, 'BOARD', 'Board', null), (2, 'IT', 'Computers', null), (3, 'OLD', 'Nobody', null);
insert into hr.employees values
    (10, 'B1', 'one@x.example', 'Una', null, 1, 100.00, '2001-01-01 00:00+01'),
    (11, 'B2', 'two@x.example', 'Duo', 'B1', 2, 50.5, null),
    (12, null, 'tre@x.example', 'Tre', 'B2', 2, 40, null),           -- merges by mail
    (13, 'B4', null, 'Quattro', 'B9', 2, 40, null),                   -- lost reference
    (14, 'B5', null, 'Cinque', 'B5', null, 40, null);                 -- no department: null
update hr.departments set head_no = 10 where dept_id = 1;
update hr.departments set head_no = 12 where dept_id = 2;
update hr.departments set head_no = 14 where dept_id = 3;            -- lost: 14 is rejected
insert into "select".depts values
    ('IT', 'Computers', 'B1'),                                        -- merges; another head
    ('NEW', 'New', 'SETTE');                                          -- its head by the second way
insert into hr.badge_log values ('2024-01-01 00:00+00', 10);

insert into "select".staff values
    ('n', 1, 'B2', null, 'Duo', 'B4', 'IT', 55.555),                  -- merges by badge; salary survives; another boss
    ('n', 2, null, 'TRE@x.example', 'Tre', 'B2', 'IT', null),         -- merges by mail
    ('n', 3, 'B7', null, 'Sette', 'B1', 'BOARD', 70),
    ('n', 4, 'B8', null, 'Otto', 'B7', 'SALES', 70),                  -- lookup-none
    ('n', 5, 'B6', null, 'Sei', 'B0', 'IT', -1);                      -- check
