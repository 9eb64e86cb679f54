{#- Body of a DO block: rows that the server refuses are found by halves and left out. #}

declare
    integrity_again int8range[];  -- what was refused, and is tried again once others have gone
    integrity_parts int8range[];
    integrity_part int8range;
    integrity_low bigint;
    integrity_high bigint;
    integrity_gone boolean;
    integrity_message text;
    integrity_more text;
    integrity_reference record;
    integrity_found boolean;
    integrity_refers boolean;
    integrity_sequences regclass[];
    integrity_values bigint[];
    integrity_called boolean[];
    integrity_last bigint;
    integrity_used boolean;
begin
    {% block sequences %}integrity_sequences := '{}';{% endblock %}

    loop
        {% block prepare %}{% endblock %}

        select array_agg(int8range(1, last + 1))
        into integrity_again
        from (
            select max(integrity_place) as last
            from {{ work | qualified }}
        ) as places
        where last > 0;
        exit when integrity_again is null;
        integrity_gone := false;
        loop
            integrity_parts := integrity_again;
            integrity_again := '{}';
            integrity_found := false;
            while cardinality(integrity_parts) > 0 loop
                integrity_part := integrity_parts[1];
                integrity_parts := integrity_parts[2:];
                integrity_low := lower(integrity_part);
                integrity_high := upper(integrity_part) - 1;
                integrity_values := '{}';
                integrity_called := '{}';
                for integrity_n in 1 .. cardinality(integrity_sequences) loop
                    execute format('select last_value, is_called from %s', integrity_sequences[integrity_n])
                    into integrity_last, integrity_used;
                    integrity_values[integrity_n] := integrity_last;
                    integrity_called[integrity_n] := integrity_used;
                end loop;
                begin
                    {% block statement %}{% endblock %}

                    integrity_found := true;
                exception
                    when integrity_constraint_violation or data_exception
                        or with_check_option_violation or program_limit_exceeded then
                        get stacked diagnostics
                            integrity_message = message_text,
                            integrity_more = pg_exception_detail;
                        for integrity_n in 1 .. cardinality(integrity_sequences) loop
                            perform setval(
                                integrity_sequences[integrity_n],
                                integrity_values[integrity_n],
                                integrity_called[integrity_n]
                            );
                        end loop;
                        if integrity_low = integrity_high then
                            update {{ changes | qualified }} as c
                            set integrity_reason = concat_ws(': ', integrity_message, nullif(integrity_more, ''))
                            from {{ work | qualified }} as w
                            where w.integrity_place = integrity_low
                                and c.integrity_unified = w.integrity_unified;
                            integrity_again := integrity_again || integrity_part;
                        else
                            integrity_parts := array[
                                int8range(integrity_low, (integrity_low + integrity_high) / 2 + 1),
                                int8range((integrity_low + integrity_high) / 2 + 1, integrity_high + 1)
                            ] || integrity_parts;
                        end if;
                end;
            end loop;
            integrity_gone := integrity_gone or integrity_found;
            exit when not integrity_found or cardinality(integrity_again) = 0;
        end loop;
        exit when not ({% block repeats %}false{% endblock %} and integrity_gone);
    end loop;
end
