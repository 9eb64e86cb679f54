select count(*)
from league.results as r
join league.fixtures as f on f.fixture_id = r.fixture_id
join league.scores as s on s.code = f.code and s.home = r.home and s.away = r.away
