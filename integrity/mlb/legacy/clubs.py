"""The thirty clubs, as the legacy database spells them, and the ways it misspells them."""

from __future__ import annotations

from dataclasses import dataclass

# code | city | nickname | league | division | park | hours behind UTC while daylight saving lasts
_CLUBS = """\
ARI|Arizona|Diamondbacks|NL|WEST|Chase Field|7
ATL|Atlanta|Braves|NL|EAST|Truist Park|4
BAL|Baltimore|Orioles|AL|EAST|Camden Yards|4
BOS|Boston|Red Sox|AL|EAST|Fenway Park|4
CHC|Chicago|Cubs|NL|CENTRAL|Wrigley Field|5
CIN|Cincinnati|Reds|NL|CENTRAL|Great American Ball Park|4
CLE|Cleveland|Guardians|AL|CENTRAL|Progressive Field|4
COL|Colorado|Rockies|NL|WEST|Coors Field|6
CWS|Chicago|White Sox|AL|CENTRAL|Guaranteed Rate Field|5
DET|Detroit|Tigers|AL|CENTRAL|Comerica Park|4
HOU|Houston|Astros|AL|WEST|Minute Maid Park|5
KC|Kansas City|Royals|AL|CENTRAL|Kauffman Stadium|5
LAA|Los Angeles|Angels|AL|WEST|Angel Stadium|7
LAD|Los Angeles|Dodgers|NL|WEST|Dodger Stadium|7
MIA|Miami|Marlins|NL|EAST|loanDepot park|4
MIL|Milwaukee|Brewers|NL|CENTRAL|American Family Field|5
MIN|Minnesota|Twins|AL|CENTRAL|Target Field|5
NYM|New York|Mets|NL|EAST|Citi Field|4
NYY|New York|Yankees|AL|EAST|Yankee Stadium|4
OAK|Oakland|Athletics|AL|WEST|Oakland Coliseum|7
PHI|Philadelphia|Phillies|NL|EAST|Citizens Bank Park|4
PIT|Pittsburgh|Pirates|NL|CENTRAL|PNC Park|4
SD|San Diego|Padres|NL|WEST|Petco Park|7
SEA|Seattle|Mariners|AL|WEST|T-Mobile Park|7
SF|San Francisco|Giants|NL|WEST|Oracle Park|7
STL|St. Louis|Cardinals|NL|CENTRAL|Busch Stadium|5
TB|Tampa Bay|Rays|AL|EAST|Tropicana Field|4
TEX|Texas|Rangers|AL|WEST|Globe Life Field|5
TOR|Toronto|Blue Jays|AL|EAST|Rogers Centre|4
WSH|Washington|Nationals|NL|EAST|Nationals Park|4
"""


@dataclass(frozen=True, slots=True)
class Club:
    """One club; ``code`` is the canonical one, ``behind`` the hours behind UTC in summer."""

    code: str
    city: str
    nickname: str
    league: str
    division: str
    park: str
    behind: int

    @property
    def full_name(self) -> str:
        """City and nickname."""
        return f"{self.city} {self.nickname}"


def _read() -> dict[str, Club]:
    clubs = {}
    for line in _CLUBS.splitlines():
        code, city, nickname, league, division, park, behind = line.split("|")
        clubs[code] = Club(code, city, nickname, league, division, park, int(behind))
    return clubs


CLUBS = _read()

# Old and foreign codes of one club, all of which mean the canonical one.
ALIASES = {
    "CWS": ("CHW",),
    "WSH": ("WAS", "WSN"),
    "TB": ("TBR",),
    "KC": ("KCR",),
    "SD": ("SDP",),
    "SF": ("SFG",),
    "ARI": ("AZ",),
    "OAK": ("ATH",),
    "LAA": ("ANA",),
    "MIA": ("FLA",),
}

# Names in free text that are neither a code nor city and nickname.
NAME_VARIANTS = {
    "CLE": "Cleveland Indians",
    "OAK": "Athletics",
    "NYY": "NY Yankees",
    "LAD": "LA Dodgers",
    "STL": "Saint Louis Cardinals",
    "ARI": "D-backs",
}
