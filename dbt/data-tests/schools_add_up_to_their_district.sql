{{ config(severity='warn') }}
-- The schools' students of a group add up to the state's figure for their district, if all are values. They fall short if
-- the state omits small schools, or if students of a district attend none of its own schools.
with schools as (
    select
        dim_school.district_id,
        facts.school_year,
        facts.demographic_group_id,
        sum(facts.student_count) as sum_of_schools,
        count(*) as n_schools,
        count(facts.student_count) as n_known
    from {{ ref('fct_enrollment_all_grades') }} as facts
    inner join {{ ref('dim_school') }} as dim_school
        on facts.school_id = dim_school.school_id
    group by dim_school.district_id, facts.school_year, facts.demographic_group_id
)

select
    schools.school_year,
    schools.district_id,
    schools.demographic_group_id,
    schools.sum_of_schools,
    districts.student_count as district
from schools
inner join {{ ref('fct_district_enrollment_all_grades') }} as districts
    on schools.school_year = districts.school_year
    and schools.district_id = districts.district_id
    and schools.demographic_group_id = districts.demographic_group_id
where schools.n_schools = schools.n_known and schools.sum_of_schools <> districts.student_count
