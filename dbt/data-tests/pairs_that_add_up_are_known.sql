-- A program and its complement are both values if their printed numbers add up to all students, and neither is one if not.
with figures as (
    select
        school_year,
        school_id,
        demographic_group_id,
        student_count,
        printed_student_count,
        max(case when demographic_group_id = 'total' then student_count end)
            over (partition by school_year, school_id) as all_students_count
    from {{ ref('fct_enrollment_all_grades') }}
),

pairs as (
    select
        program.school_year,
        program.school_id,
        program.demographic_group_id,
        case when program.student_count is null then 0 else 1 end
        + case when complement.student_count is null then 0 else 1 end as known_count,
        case
            when program.printed_student_count + complement.printed_student_count = program.all_students_count then 2
            when program.printed_student_count + complement.printed_student_count <> program.all_students_count then 0
        end as expected_count
    from figures as program
    inner join {{ ref('dim_demographic_group') }} as groups
        on program.demographic_group_id = groups.demographic_group_id
        and groups.demographic_group_id < groups.complement_group_id
    inner join figures as complement
        on program.school_year = complement.school_year
        and program.school_id = complement.school_id
        and groups.complement_group_id = complement.demographic_group_id
)

select school_year, school_id, demographic_group_id
from pairs
where known_count <> expected_count
