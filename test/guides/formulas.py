"""Writes formulas, one a line, into a first sheet of a copy of a workbook. The program that opens it works them out."""

import sys

import openpyxl

workbook_path, formulas, copy_path = sys.argv[1:]
workbook = openpyxl.load_workbook(workbook_path)
sheet = workbook.create_sheet("formulas", 0)
for row, formula in enumerate(formulas.strip().splitlines(), start=1):
    sheet.cell(row, 1, formula)
workbook.active = 0
workbook.save(copy_path)
