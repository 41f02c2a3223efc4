{{ config(severity='warn') }}
-- The grades of a school add up to the all-grades figure, in every group, if every grade is a value.
with by_grade as (
    select
        school_year,
        school_id,
        demographic_group_id,
        sum(student_count) as student_count,
        count(case when student_count is null then 1 end) as unknown_grades
    from {{ ref('fct_enrollment') }}
    group by school_year, school_id, demographic_group_id
)

select
    by_grade.school_year,
    by_grade.school_id,
    by_grade.demographic_group_id,
    by_grade.student_count as sum_of_grades,
    all_grades.student_count as all_grades
from by_grade
inner join {{ ref('fct_enrollment_all_grades') }} as all_grades
    on by_grade.school_year = all_grades.school_year
    and by_grade.school_id = all_grades.school_id
    and by_grade.demographic_group_id = all_grades.demographic_group_id
where by_grade.unknown_grades = 0 and by_grade.student_count <> all_grades.student_count
