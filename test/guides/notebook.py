"""Runs a notebook, compares the text that each cell prints with what the notebook has, or with --write puts it there.

notebook.py NOTEBOOK FOLDER [--write]: FOLDER is where its code runs.
"""

import sys

import nbformat
from nbclient import NotebookClient

path, folder = sys.argv[1:3]
notebook = nbformat.read(path, as_version=4)


def outputs_of(cell):
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", []))


expected = [outputs_of(cell) for cell in notebook.cells]
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
for cell in notebook.cells:
    cell.metadata.pop("execution", None)
if "--write" in sys.argv:
    notebook.metadata.pop("language_info", None)
    nbformat.write(notebook, path)
differing = [cell for cell, before in zip(notebook.cells, expected) if outputs_of(cell) != before]
for cell in differing if "--write" not in sys.argv else []:
    print(f"This cell prints something else:\n{cell.source}\n\n{outputs_of(cell)}")
sys.exit(1 if differing and "--write" not in sys.argv else 0)
