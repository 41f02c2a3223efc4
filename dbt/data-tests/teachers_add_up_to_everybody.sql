{{ config(severity='warn') }}
-- The races of a school's or a district's teachers add up to all its teachers, and so do the genders, if every part is a value.
with figures as (
    select school_year, school_id as organization_id, demographic_group_id, teacher_count, teacher_total_count
    from {{ ref('fct_teacher') }}
    union all
    select school_year, district_id as organization_id, demographic_group_id, teacher_count, teacher_total_count
    from {{ ref('fct_district_teacher') }}
)

select
    figures.school_year,
    figures.organization_id,
    groups.category_type,
    sum(figures.teacher_count) as sum_of_parts,
    max(figures.teacher_total_count) as teacher_total_count
from figures
inner join {{ ref('dim_demographic_group') }} as groups
    on figures.demographic_group_id = groups.demographic_group_id
group by figures.school_year, figures.organization_id, groups.category_type
having count(figures.teacher_count) = count(*) and sum(figures.teacher_count) <> max(figures.teacher_total_count)
