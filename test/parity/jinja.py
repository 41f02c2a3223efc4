"""Renders templates with dbt's own Jinja. Reads cases as JSON from stdin, and writes what became of each."""

import json
import sys
from types import SimpleNamespace

from dbt.clients.jinja import MacroGenerator, get_rendered
from dbt.context.base import BaseContext
from dbt_common.clients._jinja_blocks import BlockIterator, TagIterator


def rendered(case):
    context = {
        "var": lambda name, default=None: case["vars"].get(name, default),
        "return": BaseContext._return,
        "target": {"type": "duckdb", "name": "duckdb", "schema": "main"},
    }
    blocks = BlockIterator(TagIterator(case["macros"])).lex_for_blocks(
        allowed_blocks={"macro"}, collect_raw_data=False
    )
    for block in blocks:
        macro = SimpleNamespace(name=block.block_name, macro_sql=block.full_block)
        context[block.block_name] = MacroGenerator(macro, context)
    return get_rendered(case["template"], context, native=case["native"])


def outcome(case):
    try:
        value = rendered(case)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    # Of a value, what Python writes for it: it tells 1 from 1.0 and '1'.
    return {"text": repr(value) if case["native"] else value}


json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
