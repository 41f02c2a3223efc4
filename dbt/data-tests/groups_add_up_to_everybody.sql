{{ config(severity='warn') }}
-- The races of a school's students add up to all its students, and so do the genders, and a program with its complement, if
-- every part is a value. The publisher's own figures don't add up in some rows. For foster care there are so many that this
-- test leaves it to the file's check, foster_care_adds_up.
with figures as (
    select
        facts.school_year,
        facts.school_id,
        groups.category_type,
        groups.demographic_group_id,
        groups.complement_group_id,
        facts.student_count,
        max(case when groups.demographic_group_id = 'total' then facts.student_count end)
            over (partition by facts.school_year, facts.school_id) as all_students_count
    from {{ ref('fct_enrollment_all_grades') }} as facts
    inner join {{ ref('dim_demographic_group') }} as groups
        on facts.demographic_group_id = groups.demographic_group_id
),

parts as (
    select
        school_year,
        school_id,
        category_type as whole,
        sum(student_count) as sum_of_parts,
        max(all_students_count) as all_students_count
    from figures
    where category_type in ('race_ethnicity', 'gender')
    group by school_year, school_id, category_type
    having count(student_count) = count(*)
    union all
    select
        program.school_year,
        program.school_id,
        program.demographic_group_id as whole,
        program.student_count + complement.student_count as sum_of_parts,
        program.all_students_count
    from figures as program
    inner join figures as complement
        on program.school_year = complement.school_year
        and program.school_id = complement.school_id
        and program.complement_group_id = complement.demographic_group_id
    where program.demographic_group_id < complement.demographic_group_id and program.demographic_group_id <> 'foster_care'
)

select *
from parts
where sum_of_parts <> all_students_count
