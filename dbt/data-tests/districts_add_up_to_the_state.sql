{{ config(severity='warn') }}
-- The districts have as many students of a group and grade as their publisher gives for the state, where all are values. Totals
-- that are published as districts are not among them. Files of a part of the state have no row of the state.
with districts as (
    select school_year, district_id, grade_id, demographic_group_id, student_count from {{ ref('fct_district_enrollment') }}
    union all
    select school_year, district_id, 'all_grades' as grade_id, demographic_group_id, student_count
    from {{ ref('fct_district_enrollment_all_grades') }}
),

sums as (
    select
        dim_district.publisher_id,
        districts.school_year,
        districts.grade_id,
        districts.demographic_group_id,
        sum(districts.student_count) as sum_of_districts
    from districts
    inner join {{ ref('dim_district') }} as dim_district
        on districts.district_id = dim_district.district_id
    group by dim_district.publisher_id, districts.school_year, districts.grade_id, districts.demographic_group_id
    having count(districts.student_count) = count(*)
)

select
    sums.publisher_id,
    sums.school_year,
    sums.grade_id,
    sums.demographic_group_id,
    sums.sum_of_districts,
    states.student_count as state
from sums
inner join {{ ref('int_enrollment') }} as states
    on sums.publisher_id = states.publisher_id
    and sums.school_year = states.school_year
    and sums.grade_id = states.grade_id
    and sums.demographic_group_id = states.demographic_group_id
where states.organization_level = 'state' and sums.sum_of_districts <> states.student_count
