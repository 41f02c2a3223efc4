"""
python pandas_postgres.py FOLDER URL (insert|copy)

What somebody would write instead: read the files with pandas, melt the counts, load everything into Postgres, and ask the five
questions there. No checks, no tests, no history; the region and its school types come from the list, as they do in a run.
"insert" loads with to_sql as it comes, "copy" with the COPY that the pandas documentation suggests.
"""

import csv
import io
import sys
from pathlib import Path

import pandas
from sqlalchemy import create_engine, text

folder, url, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
engine = create_engine(url)


def read(pattern, **options):
    return pandas.concat([pandas.read_csv(path, dtype=str, **options) for path in sorted(folder.glob(pattern))])


def by_copy(table, connection, keys, rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    buffer.seek(0)
    with connection.connection.cursor() as cursor:
        names = ", ".join(f'"{key}"' for key in keys)
        cursor.copy_expert(f"COPY {table.name} ({names}) FROM STDIN WITH CSV", buffer)


def load(frame, name):
    method = by_copy if how == "copy" else None
    frame.to_sql(name, engine, if_exists="replace", index=False, chunksize=50_000, method=method)


organization = [
    "SchoolYear", "OrganizationLevel", "County", "DistrictCode", "DistrictName", "SchoolCode", "SchoolName", "GradeLevel",
]
students = read("Report_Card_Enrollment_*.csv")
measures = [*students.loc[:, "All Students":"Students without Disabilities"].columns, "FosterCare", "Non_FosterCare"]
students = students[organization + measures].melt(id_vars=organization, var_name="group", value_name="count")
students["count"] = pandas.to_numeric(students["count"], errors="coerce").astype("Int64")
load(students, "students")

teachers = read("Report_Card_Teacher_Demographics_*.csv")
for column in ["TeacherTotalCount", "TeacherCount"]:
    teachers[column] = pandas.to_numeric(teachers[column], errors="coerce").astype("Int64")
load(teachers, "teachers")
load(read("SchoolList.txt", sep="\t"), "school_list")

of_color = "('American Indian/ Alaskan Native', 'Asian', 'Black/ African American', 'Hispanic/ Latino of any race(s)', " \
    "'Native Hawaiian/ Other Pacific Islander', 'Two or More Races')"
questions = {
    "student_groups": """
        select * from (
            select s.*, rank() over (partition by "SchoolYear", "group" order by "count" desc) as place
            from students as s join school_list using ("DistrictCode", "SchoolCode")
            where "OrganizationLevel" = 'School' and "GradeLevel" in ('All Grades', 'AllGrades')
        ) as ranked where place <= 5""",
    "schools": """
        select "SchoolYear", "DistrictName", "SchoolName", "ElementarySchoolFlag", "MiddleSchoolFlag", "HighSchoolFlag", "count",
            (select max("TeacherTotalCount") from teachers as t where t."SchoolYear" = s."SchoolYear"
                and t."DistrictCode" = s."DistrictCode" and t."SchoolCode" = s."SchoolCode") as teachers
        from students as s join school_list using ("DistrictCode", "SchoolCode")
        where "OrganizationLevel" = 'School' and "group" = 'All Students' and "GradeLevel" in ('All Grades', 'AllGrades')""",
    "teacher_groups": """
        select * from (
            select t.*, rank() over (partition by "SchoolYear", "DemographicCategory" order by "TeacherCount" desc) as place
            from teachers as t join school_list using ("DistrictCode", "SchoolCode")
            where "ElementarySchoolFlag" = '1'
        ) as ranked where place <= 5""",
    "representation": f"""
        with s as (
            select "SchoolYear", "DistrictCode", "SchoolCode",
                sum("count") filter (where "group" in {of_color}) / nullif(sum("count") filter (where "group" = 'All Students'), 0)
                    as share
            from students where "OrganizationLevel" = 'School' and "GradeLevel" in ('All Grades', 'AllGrades') group by 1, 2, 3
        ),
        t as (
            select "SchoolYear", "DistrictCode", "SchoolCode",
                sum("TeacherCount") filter (where "DemographicCategory" in {of_color})
                    / nullif(max("TeacherTotalCount")::numeric, 0) as share
            from teachers where "OrganizationLevel" = 'School' group by 1, 2, 3
        )
        select *, t.share - s.share as gap from s join t using ("SchoolYear", "DistrictCode", "SchoolCode")
            join school_list using ("DistrictCode", "SchoolCode")""",
    "teachers_of_color": f"""
        select "SchoolYear", "DistrictCode", "SchoolCode", sum("TeacherCount") as n
        from teachers join school_list using ("DistrictCode", "SchoolCode")
        where "DemographicCategory" in {of_color} group by 1, 2, 3 order by n desc limit 10""",
}
# So that the subquery of "schools" finds its rows; without it the question takes minutes.
with engine.begin() as connection:
    connection.execute(text('create index on teachers ("SchoolYear", "DistrictCode", "SchoolCode")'))
for name, question in questions.items():
    answer = pandas.read_sql(text(question), engine)
    if answer.empty:
        sys.exit(f"{name}: no rows")
