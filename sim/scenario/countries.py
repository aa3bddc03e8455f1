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

# English names, as lists write them: short names of ISO 3166 without "Republic of" and the like, and what else is usual.
_CALLED = """
AD Andorra; AL Albania; AT Austria; BA Bosnia and Herzegovina, Bosnia; BE Belgium; BG Bulgaria; BY Belarus; CH Switzerland;
CY Cyprus; CZ Czechia, Czech Republic; DE Germany, Deutschland; DK Denmark; EE Estonia; ES Spain; FI Finland; FO Faroe Islands;
FR France; GB United Kingdom, Great Britain, Britain, England, Scotland, Wales, Northern Ireland; GE Georgia; GI Gibraltar;
GR Greece; HR Croatia; HU Hungary; IE Ireland; IM Isle of Man; IS Iceland; IT Italy; JE Jersey; LI Liechtenstein; LT Lithuania;
LU Luxembourg; LV Latvia; MC Monaco; MD Moldova; ME Montenegro; MK North Macedonia, Macedonia; MT Malta;
NL Netherlands, Holland; NO Norway; PL Poland; PT Portugal; RO Romania; RS Serbia; RU Russia, Russian Federation; SE Sweden;
SI Slovenia; SK Slovakia, Slovak Republic; SM San Marino; TR Turkey, Türkiye, Turkiye; UA Ukraine; VA Vatican, Holy See;
XK Kosovo; CA Canada; US United States, United States of America, U.S., U.S.A.; BM Bermuda; GL Greenland; BS Bahamas; BZ Belize;
CR Costa Rica; CU Cuba; DO Dominican Republic; GT Guatemala; HN Honduras; HT Haiti; JM Jamaica; MX Mexico, México; NI Nicaragua;
PA Panama; PR Puerto Rico; SV El Salvador; TT Trinidad and Tobago; AR Argentina; BO Bolivia; BR Brazil, Brasil; CL Chile;
CO Colombia; EC Ecuador; GY Guyana; PE Peru; PY Paraguay; SR Suriname; UY Uruguay; VE Venezuela;
AE United Arab Emirates, Emirates, UAE; BH Bahrain; IL Israel; IQ Iraq; IR Iran; JO Jordan; KW Kuwait; LB Lebanon; OM Oman;
PS Palestine; QA Qatar; SA Saudi Arabia, KSA; SY Syria; YE Yemen; AO Angola; BJ Benin; BW Botswana;
CD Democratic Republic of the Congo, DR Congo; CI Côte d'Ivoire, Cote d'Ivoire, Ivory Coast; CM Cameroon; DZ Algeria; EG Egypt;
ET Ethiopia; GA Gabon; GH Ghana; GM Gambia; KE Kenya; LY Libya; MA Morocco; MG Madagascar; ML Mali; MU Mauritius; MW Malawi;
MZ Mozambique; NA Namibia; NG Nigeria; RW Rwanda; SC Seychelles; SD Sudan; SN Senegal; SO Somalia; TG Togo; TN Tunisia;
TZ Tanzania; UG Uganda; ZA South Africa; ZM Zambia; ZW Zimbabwe; AF Afghanistan; AM Armenia; AZ Azerbaijan; BD Bangladesh;
BN Brunei; BT Bhutan; CN China, PRC; HK Hong Kong; ID Indonesia; IN India; JP Japan; KG Kyrgyzstan; KH Cambodia;
KR South Korea, Korea, Republic of Korea; KZ Kazakhstan; LA Laos; LK Sri Lanka; MM Myanmar, Burma; MN Mongolia; MO Macao, Macau;
MV Maldives; MY Malaysia; NP Nepal; PH Philippines; PK Pakistan; SG Singapore; TH Thailand; TJ Tajikistan; TM Turkmenistan;
TL Timor-Leste, East Timor; TW Taiwan; UZ Uzbekistan; VN Vietnam, Viet Nam; AU Australia; FJ Fiji; NZ New Zealand;
PG Papua New Guinea
"""
_CODE_OF = {
    name.strip().casefold(): entry.split(maxsplit=1)[0]
    for entry in _CALLED.replace("\n", " ").split(";")
    for name in entry.split(maxsplit=1)[1].split(",")
} | {"usa": "US"}

PARTS = tuple(name.title() for name in _COUNTRIES)  # the parts of the world, as names of regions


def is_country(name: str) -> bool:
    """Whether this is the code or the English name of a country whose part of the world is known."""
    return _part_of(name) is not None


def region_of(country: str, regions: tuple[str, ...]) -> int:
    """Position of the region in which a country (ISO 3166 code of two letters, or English name) lies, -1 where none is known."""
    folded = [region.casefold() for region in regions]
    for name in _NAMES.get(_part_of(country) or "", ()):
        if name in folded:
            return folded.index(name)
    return -1


def _part_of(country: str) -> str | None:
    """The part of the world of a country."""
    plain = " ".join(country.split())
    plain = plain[4:] if plain.casefold().startswith("the ") else plain
    return _PART_OF.get(_CODE_OF.get(plain.casefold(), plain.upper()))
