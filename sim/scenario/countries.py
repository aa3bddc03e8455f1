"""Which part of the world a country lies in, and what lists of partners call it."""

# Names that lists use for a part of the world; a country gives a home region only when the data know one of them.
_NAMES = {
    "europe": ("europe", "emea", "european union", "eu", "western europe"),
    "north america": ("north america", "americas", "america", "united states", "usa", "us"),
    "central america": ("central america", "latin america", "latam", "americas"),
    "south america": ("south america", "latin america", "latam", "americas"),
    "middle east": ("middle east", "mena", "emea", "middle east and africa"),
    "africa": ("africa", "emea", "middle east and africa"),
    "asia": ("asia pacific", "apac", "asia-pacific", "asia", "apj"),
    "australia": ("australia", "oceania", "australia and new zealand", "anz", "asia pacific", "apac", "asia-pacific", "apj"),
}
_COUNTRIES = {
    "europe": (
        "AD AL AT BA BE BG BY CH CY CZ DE DK EE ES EU FI FO FR GB GE GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO "
        "PL PT RO RS RU SE SI SK SM TR UA UK VA XK"
    ),
    "north america": "CA US BM GL",
    "central america": "BS BZ CR CU DO GT HN HT JM MX NI PA PR SV TT",
    "south america": "AR BO BR CL CO EC GY PE PY SR UY VE",
    "middle east": "AE BH IL IQ IR JO KW LB OM PS QA SA SY YE",
    "africa": "AO BJ BW CD CI CM DZ EG ET GA GH GM KE LY MA MG ML MU MW MZ NA NG RW SC SD SN SO TG TN TZ UG ZA ZM ZW",
    "asia": "AF AM AZ BD BN BT CN HK ID IN JP KG KH KR KZ LA LK MM MN MO MV MY NP PH PK SG TH TJ TM TL TW UZ VN",
    "australia": "AU FJ NZ PG",
}
_PART_OF = {code: part for part, codes in _COUNTRIES.items() for code in codes.split()}

PARTS = tuple(name.title() for name in _COUNTRIES)  # the parts of the world, as names of regions


def is_country(code: str) -> bool:
    """Whether this is the code of a country whose part of the world is known."""
    return code.strip().upper() in _PART_OF


def region_of(country: str, regions: tuple[str, ...]) -> int:
    """Position of the region in which a country (ISO 3166 code of two letters) lies, -1 where none is known."""
    folded = [region.casefold() for region in regions]
    for name in _NAMES.get(_PART_OF.get(country.strip().upper(), ""), ()):
        if name in folded:
            return folded.index(name)
    return -1
