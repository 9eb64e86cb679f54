update {{ runs | qualified | replace("%", "%%") }}
set outcome = %(outcome)s, ended = clock_timestamp(), seconds = %(seconds)s, error = %(error)s
where run = %(run)s
