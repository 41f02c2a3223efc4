-- Every count of the region is the sum over its districts, and the sum over its schools.
{% set counts = ['student_count', 'all_students_count', 'teacher_count', 'all_teachers_count', 'no_access_student_count'] %}
with region as (
    select * from {{ ref('region_representation_by_group') }}
),

districts as (
    select
        school_year,
        demographic_group_id,
        sum(compared_school_count) as compared_school_count,
        {% for count in counts -%}
        sum({{ count }}) as {{ count }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('district_representation_by_group') }}
    group by school_year, demographic_group_id
),

schools as (
    select
        by_group.school_year,
        by_group.demographic_group_id,
        count(*) as compared_school_count,
        sum(case when compositions.teacher_count = 0 then by_group.student_count end) as no_access_student_count
    from {{ ref('school_representation_by_group') }} as by_group
    inner join {{ ref('int_school_composition') }} as compositions
        on by_group.school_year = compositions.school_year
        and by_group.school_id = compositions.school_id
        and by_group.demographic_group_id = compositions.demographic_group_id
    group by by_group.school_year, by_group.demographic_group_id
)

select
    region.school_year,
    region.demographic_group_id,
    region.compared_school_count,
    districts.compared_school_count as of_districts,
    schools.compared_school_count as of_schools
from region
left join districts
    on region.school_year = districts.school_year
    and region.demographic_group_id = districts.demographic_group_id
left join schools
    on region.school_year = schools.school_year
    and region.demographic_group_id = schools.demographic_group_id
where coalesce(districts.compared_school_count, 0) <> region.compared_school_count
    or coalesce(schools.compared_school_count, 0) <> region.compared_school_count
    or coalesce(schools.no_access_student_count, 0) <> coalesce(region.no_access_student_count, 0)
    {% for count in counts -%}
    or coalesce(districts.{{ count }}, 0) <> coalesce(region.{{ count }}, 0)
    {% endfor %}
