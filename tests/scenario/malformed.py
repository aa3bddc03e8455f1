"""Malformed scenario files by hand: name -> (text below the head, what the message must say)."""

HEAD = 'schema_version = 1\ntitle = "T"\n'


def event(kind: str, rest: str, month: int = 3) -> str:
    """An event's table."""
    return f'[[events]]\nmonth = {month}\nkind = "{kind}"\n{rest}\n'


SYNTAX = {
    "unclosed text": ('question = "why', ("line 3", "not valid TOML")),
    "key twice": ("seed = 1\nseed = 2", ("line 4", "not valid TOML")),
    "table twice": ("[demand]\nload = 1\n[demand]\nload = 1", ("line 5", "not valid TOML")),
    "no value": ("seed =", ("line 3", "not valid TOML")),
    "no equals sign": ("seed 1", ("line 3", "not valid TOML")),
    "bare word": ("seed = yes", ("line 3", "not valid TOML")),
    "leading zero": ("seed = 010", ("line 3", "not valid TOML")),
    "unclosed list": ("[names]\nskills = ['a'", ("not valid TOML",)),
    "unclosed table": ("[demand", ("line 3", "not valid TOML")),
    "YAML": ("demand:\n  load: 1", ("line 3", "not valid TOML")),
    "JSON": ('{"seed": 1}', ("line 3", "not valid TOML")),
    "control character": ('question = "a\x00b"', ("line 3", "not valid TOML")),
    "a number of 5,000 digits": (f"seed = {'9' * 5000}", ("not valid TOML",)),
    "lists nested 2,000 deep": (f"seed = {'[' * 2000}{']' * 2000}", ("nested",)),
    "tables nested 40 deep": (f"[{'.'.join('abcdefghij' * 4)}]\nx = 1", ("nested",)),
    "a line of 30,000 characters": (f'question = "{"x" * 30_000}"', ("line 3", "longer than")),
}

TOP = {
    "unknown key with a near one": ("mnths = 3", ("mnths", 'did you mean "months"?')),
    "unknown key with none near": ("zebra = 3", ("zebra", "unknown key", "known are")),
    "a parameter outside its table": ("growth_per_year = 0.1", ("growth_per_year", "belongs in [demand]")),
    "unknown table": ("[demnd]\nload = 1", ("demnd", 'did you mean "demand"?')),
    "a table that is a number": ("demand = 3", ("demand", "expected a table")),
    "a table that is a list": ("demand = [1]", ("demand", "expected a table")),
    "months as text": ('months = "10"', ("months", "a whole number from 1 to 1200")),
    "months as a fraction": ("months = 10.5", ("months", "a whole number")),
    "months as a float": ("months = 10.0", ("months", "a whole number")),
    "months true": ("months = true", ("months", "a whole number", "true")),
    "months zero": ("months = 0", ("months", "from 1 to 1200")),
    "months too many": ("months = 1201", ("months", "from 1 to 1200")),
    "months a date": ("months = 2026-01-01", ("months", "a whole number")),
    "burn-in negative": ("burn_in_months = -1", ("burn_in_months", "from 0")),
    "replications zero": ("replications = 0", ("replications", "from 1")),
    "replications a huge number": (f"replications = {10**30}", ("replications", "more than 20 digits")),
    "seed negative": ("seed = -1", ("seed", "from 0")),
    "seed not finite": ("seed = inf", ("seed", "a whole number")),
    "question a number": ("question = 3", ("question", "a text")),
    "text too long": (f'text = """\n{("x" * 100 + chr(10)) * 150}"""', ("text", "10000")),
}

HEADLESS = {
    "no schema version": ('title = "T"', ("schema_version", "missing", "schema_version = 1")),
    "an older schema version": ('schema_version = 0\ntitle = "T"', ("schema_version", "expected 1")),
    "a newer schema version": ('schema_version = 2\ntitle = "T"', ("schema_version", "newer channel-sim", "update channel-sim")),
    "a newer schema version with a new key": (
        'schema_version = 2\ntitle = "T"\nnew_thing = 3\n[demand]\nnewer = 1',
        ("schema_version: 2, made for a newer channel-sim than this", "update channel-sim"),
    ),
    "schema version as text": ('schema_version = "1"\ntitle = "T"', ("schema_version", "expected 1")),
    "no title": ("schema_version = 1", ("title", "missing")),
    "empty title": ('schema_version = 1\ntitle = ""', ("title", "not empty")),
    "title of spaces": ('schema_version = 1\ntitle = "  "', ("title", "not empty")),
    "title of two lines": ('schema_version = 1\ntitle = "a\\nb"', ("title", "one line")),
    "title a number": ("schema_version = 1\ntitle = 3", ("title", "a short text")),
    "an empty file": ("", ("missing", "and 1 more")),
    "extends a path": ('extends = "../baseline"', ("extends", "without folder")),
    "extends an absolute path": ('extends = "/etc/passwd"', ("extends", "without folder")),
    "extends with an ending": ('extends = "baseline.toml"', ("extends", "without folder")),
    "extends a number": ("extends = 3", ("extends", "expected the name")),
    "extends a list": ('extends = ["baseline"]', ("extends", "expected the name")),
    "extends nothing": ('extends = ""', ("extends", "expected the name")),
    "extends the unknown": ('extends = "basline"', ("extends", 'did you mean "baseline"?')),
    "extends itself": ('extends = "case"', ("extends", "circle")),
}

SIZES = {
    "one partner": ("[population]\npartners = 1", ("population.partners", "from 2")),
    "too many partners": ("[population]\npartners = 3000000", ("population.partners", "2000000")),
    "partners not finite": ("[population]\npartners = nan", ("population.partners", "a whole number")),
    "no skills": ("[population]\nskills = 0", ("population.skills", "from 1")),
    "skills and vendors over 62": ("[population]\nskills = 50\nvendors = 13", ("population.skills", "at most 62")),
    "regions over 62": ("[population]\nregions = 63", ("population.regions", "from 1 to 62")),
    "unknown population": ("[population]\npartnrs = 10", ("population.partnrs", 'did you mean "partners"?')),
    "more names than skills": ('[population]\nskills = 1\n[names]\nskills = ["a", "b"]', ("population.skills", "agree")),
    "fewer names than skills": ('[population]\nskills = 3\n[names]\nskills = ["a", "b"]', ("population.skills", "agree")),
    "a name twice": ('[names]\nskills = ["a", "A"]', ("names.skills", "twice")),
    "an empty name": ('[names]\nskills = ["a", ""]', ("names.skills[2]", "a name")),
    "a name that is a number": ("[names]\nskills = [3]", ("names.skills[1]", "a name")),
    "a name of digits": ('[names]\nvendors = ["3"]', ("names.vendors", "taken for a number")),
    "a vendor called all": ('[names]\nvendors = ["all"]', ("names.vendors", "all of them")),
    "no names": ("[names]\nskills = []", ("names.skills", "at least one")),
    "names in a text": ('[names]\nskills = "a,b"', ("names.skills", "a list")),
    "too many names": (f"[names]\nverticals = {[f'v{n}' for n in range(70)]}", ("names.verticals", "at most 62")),
    "a csv that is a number": ("[population]\ncsv = 3", ("population.csv", "CSV file")),
    "a csv that is not there": ('[population]\ncsv = "nowhere.csv"', ("nowhere.csv", "no such file")),
    "a csv outside the folder": ('[population]\ncsv = "../x.csv"', ("population.csv", "beside the scenario file")),
    "a csv by absolute path": ('[population]\ncsv = "/etc/passwd"', ("population.csv", "beside the scenario file")),
    "a csv that is a folder": ('[population]\ncsv = "."', ("not a file",)),
}

PARAMETERS = {
    "unknown parameter": ("[demand]\ngrowth_per_yaer = 0.1", ("demand.growth_per_yaer", 'did you mean "growth_per_year"?')),
    "parameter too low": ("[demand]\ngrowth_per_year = -3", ("demand.growth_per_year", "-0.3 to 0.5", "1/year")),
    "parameter too high": ("[demand]\ngrowth_per_year = 3", ("demand.growth_per_year", "got 3")),
    "parameter not a number": ('[demand]\nload = "high"', ("demand.load", "a number from")),
    "parameter not finite": ("[demand]\nload = nan", ("demand.load", "a number from")),
    "parameter infinite": ("[demand]\nload = -inf", ("demand.load", "a number from")),
    "parameter true": ("[demand]\nload = true", ("demand.load", "a number from")),
    "parameter a list": ("[demand]\nload = [1]", ("demand.load", "a list")),
    "parameter a table": ("[demand.load]\nx = 1", ("demand.load", "a table")),
    "a fraction of a count": ("[demand]\nreoffers = 1.5", ("demand.reoffers", "a whole number")),
    "switch a number": ("[switches]\nhabit = 0", ("switches.habit", "true or false")),
    "switch a word": ('[switches]\nhabit = "no"', ("switches.habit", "true or false")),
    "unknown switch": ("[switches]\nhabits = false", ("switches.habits", 'did you mean "habit"?')),
    "unknown rule point": ('[rules.consnt]\nname = "x"', ("rules.consnt", 'did you mean "consent"?')),
    "unknown rule": ('[rules.consent]\nname = "private"', ("rules.consent.name", 'did you mean "private_estimate"?')),
    "rule without a name": ("[rules.consent]\nnoise = 1", ("rules.consent.name", "missing")),
    "rule that is a text": ('[rules]\nconsent = "private_estimate"', ("rules.consent", "expected a table")),
    "unknown parameter of a rule": (
        '[rules.consent]\nname = "private_estimate"\nnois = 1',
        ("rules.consent.nois", 'did you mean "noise"?'),
    ),
    "parameter of a rule as text": (
        '[rules.consent]\nname = "private_estimate"\nnoise = "x"',
        ("rules.consent.noise", "a number"),
    ),
    "parameter of a rule negative": ('[rules.search]\nname = "contacts"\nallies = -1', ("rules.search.allies", "from 0")),
    "parameter of a rule huge": ('[rules.search]\nname = "contacts"\nallies = 9999', ("rules.search.allies", "to 200")),
    "parameter of a rule without any": ('[rules.consent]\nname = "known_surplus"\nx = 1', ("rules.consent.x", "takes none")),
    "form that does not exist": ('[rules.form]\nname = "fixed_form"\nform = "loose"', ("rules.form", "form must be one of")),
    "cost that does not exist": ('[rules.form]\nname = "fixed_form"\ncost = 1', ("rules.form.cost", "no such parameter")),
    "own rule that is not there": ('[rules.form]\nname = "nowhere.at_all:Mine"', ("rules.form.name", "cannot be imported")),
    "own rule without a class": ('[rules.form]\nname = "json:Mine"', ("rules.form.name", "no class")),
    "own rule that decides nothing": ('[rules.form]\nname = "json:JSONDecoder"', ("rules.form.name", "neither decide")),
    "own rule in an odd place": ('[rules.form]\nname = "..:"', ("rules.form.name", "cannot be imported")),
}

ACTORS = {
    "unknown kind of network": ('[[networks]]\nkind = "vendors"', ("networks[1].kind", 'did you mean "vendor"?')),
    "network without a kind": ("[[networks]]\ncount = 1", ("networks[1].kind", "missing")),
    "networks as one table": ('[networks]\nkind = "vendor"', ("networks", "[[networks]]")),
    "a negative count": ('[[networks]]\nkind = "pure_p2p"\ncount = -1', ("networks[1].count", "from 0")),
    "more networks than vendors": ('[[networks]]\nkind = "vendor"\ncount = 11', ("networks[1].count", "at most 10", "vendors")),
    "more networks than marketplaces, in two groups": (
        '[[networks]]\nkind = "marketplace"\ncount = 2\n[[networks]]\nkind = "marketplace"',
        ("networks[2].count", "at most 2"),
    ),
    "too many networks": (
        '[[networks]]\nkind = "pure_p2p"\ncount = 9999\n[[networks]]\nkind = "pure_p2p"\ncount = 9999',
        ("networks",),
    ),
    "short name of a policy": (
        '[[networks]]\nkind = "vendor"\nfee = 3',
        ("networks[1].fee", 'did you mean "fee_per_month_usd"?'),
    ),
    "a policy out of range": ('[[networks]]\nkind = "vendor"\nbroadcast = 2', ("networks[1].broadcast", "from 0 to 1")),
    "unknown entry rule": ('[[networks]]\nkind = "vendor"\nentry_rule = "close"', ("networks[1].entry_rule", "peers_admit")),
    "unknown mix": ('[[networks]]\nkind = "vendor"\nmix = 1', ("networks[1].mix", "host")),
    "non_compete as a number": ('[[networks]]\nkind = "vendor"\nnon_compete = 1', ("networks[1].non_compete", "true or false")),
    "unknown field of a vendor": ("[[vendors]]\nlist_margins = 0.1", ("vendors[1].list_margins", 'did you mean "list_margin"?')),
    "a margin of a vendor too high": ("[[vendors]]\nlist_margin = 0.9", ("vendors[1].list_margin", "0 to 0.5")),
    "unknown partner model": ('[[vendors]]\npartner_model = "resell"', ("vendors[1].partner_model", 'did you mean "resale"?')),
    "unknown arm": ("[[vendors]]\narms = { rebates = 1.0 }", ("vendors[1].arms.rebates", 'did you mean "rebate"?')),
    "arms that do not sum to 1": ("[[vendors]]\narms = { rebate = 0.6 }", ("vendors[1].arms", "sum to 0.6")),
    "two vendors of one name": ('[[vendors]]\nname = "A"\n[[vendors]]\nname = "A"', ("names.vendors", "twice")),
    "a vendor that names does not list": (
        '[names]\nvendors = ["Acme"]\n[[vendors]]\nname = "Acne"',
        ("vendors[1].name", 'did you mean "Acme"?'),
    ),
    "a vendor described twice": (
        '[names]\nvendors = ["Acme", "Beta"]\n[[vendors]]\nname = "Acme"\n[[vendors]]\nname = "Acme"',
        ("vendors[2]", "second time"),
    ),
    "more vendors described than there are": (
        "[population]\nvendors = 1\n[[vendors]]\n[[vendors]]",
        ("population.vendors", "agree"),
    ),
    "a vendor that is a number": ("vendors = [1]", ("vendors[1]", "expected a table")),
    "unknown field of a distributor": ("[[distributors]]\nmargins = 0.1", ("distributors[1].margins", 'did you mean "margin"?')),
    "a take rate too high": ("[[marketplaces]]\ntake_rate = 1", ("marketplaces[1].take_rate", "0 to 0.5")),
}

EVENTS = {
    "event without a kind": ("[[events]]\nmonth = 1", ("events[1]", "needs a kind")),
    "unknown kind of event": (event("change_vendr", ""), ("events[1]", 'did you mean "change_vendor"?')),
    "kind of event that is a number": ("[[events]]\nmonth = 1\nkind = 3", ("events[1]", "no kind of event 3")),
    "events as one table": ("[events]\nmonth = 1", ("events", "[[events]]")),
    "event without a month": ('[[events]]\nkind = "shock"\nfield = "cash"\nvalue = 1', ("events[1].month", "missing")),
    "event before the run": (event("close_network", 'target = "all"', -1), ("events[1].month", "after burn-in")),
    "event after the run": (event("close_network", 'target = "all"', 120), ("events[1].month", "from 0 to 119")),
    "month as text": ('[[events]]\nkind = "close_network"\nmonth = "3"\ntarget = "all"', ("events[1].month",)),
    "unknown key of an event": (event("close_network", 'targt = "all"'), ("events[1].targt", 'did you mean "target"?')),
    "unknown parameter": (event("set_parameter", 'target = "demand.groth_per_year"\nvalue = 0'), ("demand.growth_per_year",)),
    "parameter without its process": (
        event("set_parameter", 'target = "growth_per_year"\nvalue = 0'),
        ("demand.growth_per_year",),
    ),
    "parameter set out of range": (event("set_parameter", 'target = "demand.load"\nvalue = 9'), ("events[1].value", "0.1 to 2")),
    "parameter added out of range": (
        event("set_parameter", 'target = "demand.load"\nvalue = 1.5\nhow = "add"'),
        ("events[1].value", "would make demand.load"),
    ),
    "parameter out of range by two events": (
        event("set_parameter", 'target = "demand.load"\nvalue = 0.9\nhow = "add"')
        + event("set_parameter", 'target = "demand.load"\nvalue = 0.9\nhow = "add"', 4),
        ("events[2].value", "would make demand.load"),
    ),
    "parameter set to text": (event("set_parameter", 'target = "demand.load"\nvalue = "low"'), ("events[1].value", "a number")),
    "count set to a fraction": (event("set_parameter", 'target = "demand.reoffers"\nvalue = 1.5'), ("events[1].value", "whole")),
    "parameter set to a list": (event("set_parameter", 'target = "demand.load"\nvalue = [1]'), ("events[1].value", "a list")),
    "unknown how": (
        event("set_parameter", 'target = "demand.load"\nvalue = 1\nhow = "ad"'),
        ("events[1].how", 'did you mean "add"?'),
    ),
    "unknown switch": (event("set_switch", 'target = "habitt"\nvalue = false'), ("events[1].target", 'did you mean "habit"?')),
    "switch set to a number": (event("set_switch", 'target = "habit"\nvalue = 0'), ("events[1].value", "true or false")),
    "unknown vendor": (
        event("change_vendor", 'target = "Vndor 1"\nfield = "list_margin"\nvalue = 0.1'),
        ("events[1].target", 'did you mean "Vendor 1"?'),
    ),
    "vendor number 0": (event("change_vendor", 'target = 0\nfield = "mdf"\nvalue = 0.1'), ("events[1].target", "from 1 to 10")),
    "vendor number 11": (
        event("change_vendor", 'target = "11"\nfield = "mdf"\nvalue = 0.1'),
        ("events[1].target", "from 1 to 10"),
    ),
    "unknown field": (
        event("change_vendor", 'target = "all"\nfield = "margin"\nvalue = 0.1'),
        ("events[1].field", "list_margin"),
    ),
    "field set out of range": (
        event("change_vendor", 'target = "all"\nfield = "mdf"\nvalue = 1'),
        ("events[1].value", "0 to 0.2"),
    ),
    "field multiplied by a negative": (
        event("change_vendor", 'target = "all"\nfield = "mdf"\nvalue = -1\nhow = "multiply"'),
        ("events[1].value", "from 0"),
    ),
    "field set to nan": (event("change_vendor", 'target = "all"\nfield = "mdf"\nvalue = nan'), ("events[1].value", "nan")),
    "unknown partner model": (
        event("change_vendor", 'target = "all"\nfield = "partner_model"\nvalue = "cosell"'),
        ("events[1].value", 'did you mean "co_sell"?'),
    ),
    "partner model added": (
        event("change_vendor", 'target = "all"\nfield = "partner_model"\nvalue = "co_sell"\nhow = "add"'),
        ("events[1].value", "set"),
    ),
    "no distributor": (
        "[population]\ndistributors = 0\n" + event("distributor_leaves", 'target = "1"'),
        ("events[1].target", "no distributor in this scenario"),
    ),
    "unknown distributor": (event("distributor_leaves", 'target = "all"'), ("events[1].target", "from 1 to 3")),
    "unknown kind of network": (event("close_network", 'target = "p2p"'), ("events[1].target", "kinds are pure_p2p")),
    "network number too high": (event("close_network", "target = 25"), ("events[1].target", "from 1 to 24")),
    "mix changed": (event("change_network", 'target = "all"\nfield = "mix"\nvalue = "host"'), ("events[1].field",)),
    "unknown kind opened": (event("open_network", 'network = { kind = "vendo" }'), ("events[1].network.kind", '"vendor"')),
    "nothing opened": (event("open_network", ""), ("events[1].network", "missing")),
    "more opened than hosts": (event("open_network", 'network = { kind = "vendor", count = 11 }'), ("at most 10",)),
    "one arm of a budget without the others": (
        event("change_vendor", 'target = "1"\nfield = "arm_community"\nvalue = 1.0'),
        ("events[1].value", "budget of Vendor 1 sum to 1.8", "month 3", "arm_rebate = 0.2", "change the other arms"),
    ),
    "arms that sum to 1 a month too late": (
        event("change_vendor", 'target = "all"\nfield = "arm_mdf"\nvalue = 0.0')
        + event("change_vendor", 'target = "all"\nfield = "arm_rebate"\nvalue = 0.4', month=4),
        ("events[1].value", "sum to 0.8", "month 3"),
    ),
    "vendor merged with itself": (event("merge_vendors", 'target = "Vendor 1"\ninto = "1"'), ("events[1].into", "itself")),
    "vendor merged into the unknown": (event("merge_vendors", 'target = "1"\ninto = "Nobody"'), ("events[1].into", "no vendor")),
    "all vendors leave": (event("vendor_leaves", 'target = "all"'), ("events[1].target", "no vendor")),
    "shock to the unknown": (event("shock", 'field = "cahs"\nvalue = 1'), ("events[1].field", 'did you mean "cash"?')),
    "shock to more than all": (event("shock", 'field = "cash"\nvalue = 1\nshare = 2'), ("events[1].share", "0 to 1")),
    "shock beyond bounds": (event("shock", 'field = "experience"\nvalue = 9'), ("events[1].value", "from -4 to 4")),
}

WHOLE = {f"head: {name}": case for name, case in HEADLESS.items()}
BELOW_HEAD = {
    f"{title}: {name}": case
    for title, group in (
        ("syntax", SYNTAX),
        ("top", TOP),
        ("sizes", SIZES),
        ("parameters", PARAMETERS),
        ("actors", ACTORS),
        ("events", EVENTS),
    )
    for name, case in group.items()
}
CASES = WHOLE | {name: (HEAD + text, says) for name, (text, says) in BELOW_HEAD.items()}
