"""Reads exports back and compares them with the warehouse they come from. See roundtrip.ts."""

import copy
import csv
import json
import pathlib
import shutil
import sys
import tempfile
from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal

import duckdb
import openpyxl
import polars
import psycopg
import pyarrow
import pyarrow.csv
import pyarrow.parquet
from frictionless import validate

problems = []
checked = Counter()


def check(form, what, expected, found):
    """Compares two tables: the names of their columns, and their rows as often as they occur."""
    checked[form] += 1
    (names, rows), (found_names, found_rows) = expected, found
    if names != found_names:
        problems.append(f"{form} {what}: columns {found_names} instead of {names}")
        return
    # True is 1 and 1 is 1.0 to Python, so the type is compared with the value.
    typed = lambda rows: Counter(tuple((type(value).__name__, value) for value in row) for row in rows)
    missing, more = typed(rows) - typed(found_rows), typed(found_rows) - typed(rows)
    if missing or more:
        problems.append(f"{form} {what}: missing {list(missing)[:2]}, instead {list(more)[:2]}")


def unmarked(expected, found, what):
    """Without the mark of the sample, which is no column of the warehouse; it has to be true everywhere."""
    names, rows = found
    if names[0] != "is_sample" or "is_sample" in expected[0]:
        return found
    if not all(row[0] is True for row in rows):
        problems.append(f"{what}: is_sample is not true in every row")
    return names[1:], [row[1:] for row in rows]


def of_arrow(table):
    return table.column_names, list(zip(*[column.to_pylist() for column in table.columns]))


def of_cursor(cursor):
    return [column[0] for column in cursor.description], cursor.fetchall()


def of_json(value):
    return json.loads(value) if isinstance(value, str) else value


ARROW = {
    "string": pyarrow.string(),
    "boolean": pyarrow.bool_(),
    "integer": pyarrow.int64(),
    "number": pyarrow.float64(),
    "date": pyarrow.date32(),
    "datetime": pyarrow.timestamp("us", "UTC"),
}


def read_csv(path, fields):
    """By PyArrow, which tells an empty text from nothing; the types are those of the descriptor."""
    options = pyarrow.csv.ConvertOptions(
        column_types={field["name"]: ARROW[field["type"]] for field in fields},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )
    table = pyarrow.csv.read_csv(
        path, convert_options=options, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    return of_arrow(table)


def plain(table):
    """What CSV can carry: times without their zone, and numbers as numbers, whichever kind."""
    names, rows = table

    def of(value):
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        return float(value) if isinstance(value, Decimal) else value

    return names, [tuple(of(value) for value in row) for row in rows]


def types_of(schema, names):
    return [schema.field(name).type for name in names]


def check_tables(build):
    warehouse = duckdb.connect(build["warehouse"], read_only=True)
    exported = duckdb.connect(build["duckdb"], read_only=True)
    postgres = psycopg.connect(build["postgres"]) if "postgres" in build else None
    folder = pathlib.Path(build["folder"])
    descriptor = json.loads((folder / "datapackage.json").read_text())
    for resource in descriptor["resources"]:
        if resource["format"] != "csv":
            continue
        name = resource["name"]
        schema, table = name.split(".")
        arrow = warehouse.execute(f'from "{schema}"."{table}"').to_arrow_table()
        expected = of_arrow(arrow)
        what = f"{build['name']} {name}"

        parquet = pyarrow.parquet.read_table(folder / schema / f"{table}.parquet")
        check("Parquet (PyArrow)", what, expected, unmarked(expected, of_arrow(parquet), what))
        if types_of(parquet.schema, expected[0]) != types_of(arrow.schema, expected[0]):
            problems.append(f"Parquet {what}: types {parquet.schema} instead of {arrow.schema}")
        frame = polars.read_parquet(folder / schema / f"{table}.parquet")
        check("Parquet (Polars)", what, expected, unmarked(expected, (frame.columns, frame.rows()), what))

        path = folder / schema / f"{table}.csv"
        found = read_csv(path, resource["schema"]["fields"])
        check("CSV (PyArrow)", what, plain(expected), plain(unmarked(expected, found, what)))
        with open(path, encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines, strict=True)
        if len(rows) != len(expected[1]) or any(len(row) != len(header) for row in rows):
            problems.append(f"CSV {what}: Python's csv reads {len(rows)} rows")

        found = of_cursor(exported.execute(f'from "{schema}"."{table}"'))
        original = of_cursor(warehouse.execute(f'from "{schema}"."{table}"'))
        check("DuckDB file", what, original, unmarked(original, found, what))
        if postgres:
            found = of_cursor(postgres.execute(f'select * from "{schema}"."{table}"'))
            check("Postgres (psycopg)", what, original, unmarked(original, found, what))
    return descriptor


def check_workbook(build):
    """Each sheet against the answer it is, or the query; with names for people in place of ids."""
    warehouse = duckdb.connect(build["warehouse"], read_only=True)
    workbook = openpyxl.load_workbook(build["workbook"]["path"])
    names = {}
    for column, query in {
        "school_type": "select school_type_id, school_type_name || 's' from core.dim_school_type",
        "category_type": "values ('race_ethnicity', 'Race/ethnicity'), ('gender', 'Gender')",
    }.items():
        names.update({(column, id): name for id, name in warehouse.execute(query).fetchall()})

    def sheet(name):
        rows = list(workbook[name].iter_rows(min_row=5, values_only=True))
        return len(rows[0]), rows[1:]

    def shown(rows):
        return [
            tuple(names.get((column, value), value) for column, value in row.items() if column != "demographic_group_id")
            for row in rows
        ]

    for name, answer in build["workbook"]["answers"].items():
        width, rows = sheet(name)
        columns = list(range(width))
        check("Excel (openpyxl)", name, (columns, numbers(shown(answer))), (columns, numbers(rows)))
    queries = {
        "Schools": "select * exclude (region_id, district_id) from marts.schools",
        "Districts and region": "select * exclude (region_id) from marts.region_representation",
    }
    for name, query in queries.items():
        width, rows = sheet(name)
        columns = list(range(width))
        expected = warehouse.execute(query).fetchall()
        if name != "Schools":
            # The region's name stands after the school year there, and the districts follow.
            columns_of = [column[0] for column in warehouse.description]
            first = columns_of.index("region_name")
            expected = [(row[first], *row[:first], *row[first + 1 :]) for row in expected]
            header = [cell.value for cell in workbook[name][5]]
            area, years = header.index("Area"), header.index("School year")
            regions = {row[0] for row in expected}
            rows = [(row[area], *[v for i, v in enumerate(row) if i != area]) for row in rows if row[area] in regions]
        check("Excel (openpyxl)", name, (columns, numbers(expected)), (columns, numbers(rows)))
    for worksheet in workbook.worksheets:
        if worksheet["A2"].value is None or not worksheet["A2"].value.startswith("SAMPLE"):
            problems.append(f"Excel {worksheet.title}: no mark of the sample")


def numbers(rows):
    """A cell of Excel has one kind of number."""
    of = lambda value: float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    return [tuple(of(value) for value in row) for row in rows]


def errors(path, descriptor=None):
    """What the Frictionless tool finds wrong with a data package."""
    if descriptor is not None:
        path.write_text(json.dumps(descriptor))
    report = validate(str(path))
    return [error.type for task in report.tasks for error in task.errors] + [error.type for error in report.errors]


def check_packages(build):
    folder = pathlib.Path(build["folder"])
    paths = [folder / "datapackage.json", pathlib.Path(build["duckdb"] + ".datapackage.json")]
    if "workbook" in build:
        paths.append(pathlib.Path(build["workbook"]["path"] + ".datapackage.json"))
    for path in paths:
        checked["data package (Frictionless)"] += 1
        found = errors(path)
        if found:
            problems.append(f"{path.name}: {Counter(found)}")


def check_damage(build, descriptor):
    """A check that finds nothing wrong with anything would pass too."""
    small = [r for r in descriptor["resources"] if r["format"] == "csv" and r["name"] in ("core.place", "core.count")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copytree(build["folder"], folder / "out")
        path = folder / "out" / "datapackage.json"
        package = {**descriptor, "resources": copy.deepcopy(small)}
        if found := errors(path, package):
            problems.append(f"undamaged: {found}")
        table = folder / "out" / "core" / "count.csv"
        whole = table.read_text()
        cases = {
            "hash-count": whole.replace("10", "11"),
            "type-error": whole.replace("10", "ten", 1),
            "primary-key": whole + whole.splitlines()[1] + "\n",
            "foreign-key": whole.replace("0002", "0007"),
        }
        for kind, text in cases.items():
            checked["damage found (Frictionless)"] += 1
            table.write_text(text)
            changed = copy.deepcopy(package)
            if kind != "hash-count":
                for resource in changed["resources"]:
                    del resource["hash"], resource["bytes"]
            if kind not in errors(path, changed):
                problems.append(f"damage is not found: {kind}")


builds = json.loads(pathlib.Path(sys.argv[1]).read_text())
for build in builds:
    descriptor = check_tables(build)
    check_packages(build)
    if "workbook" in build:
        check_workbook(build)
    if build["name"] == "awkward":
        check_damage(build, descriptor)

for form, count in checked.items():
    print(f"{form}: {count} compared")
for problem in problems:
    print(f"✗ {problem}")
print("✗ the exports differ from the warehouse" if problems else "✓ everything comes back as it went out")
sys.exit(1 if problems else 0)
