{{ config(severity='warn') }}
-- The districts' students of a group and grade add up to the state's own row, if all are values. Totals that are published
-- as districts are excluded. Files for a part of the state have no state row.
with districts as (
    select school_year, grade_id, demographic_group_id, student_count from {{ ref('fct_district_enrollment') }}
    union all
    select school_year, 'all_grades' as grade_id, demographic_group_id, student_count
    from {{ ref('fct_district_enrollment_all_grades') }}
),

sums as (
    select school_year, grade_id, demographic_group_id, sum(student_count) as sum_of_districts
    from districts
    group by school_year, grade_id, demographic_group_id
    having count(student_count) = count(*)
)

select
    sums.school_year,
    sums.grade_id,
    sums.demographic_group_id,
    sums.sum_of_districts,
    states.student_count as state
from sums
inner join {{ ref('stg_ospi__enrollment') }} as states
    on sums.school_year = states.school_year
    and sums.grade_id = states.grade_id
    and sums.demographic_group_id = states.demographic_group_id
where states.organization_level = 'state' and sums.sum_of_districts <> states.student_count
