-- Whatever is counted for a region is what its districts have together, and what its schools have together. A district without
-- a school that is compared has figures of students that the region leaves out, unless the region has none either.
{% set counts = ['student_count', 'all_students_count', 'teacher_count', 'all_teachers_count', 'no_access_student_count'] %}
with regions as (
    select * from {{ ref('region_representation_by_group') }}
),

districts as (
    select
        school_year,
        region_id,
        demographic_group_id,
        sum(compared_school_count) as compared_school_count,
        {% for count in counts -%}
        sum({{ count }}) as {{ count }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('district_representation_by_group') }}
    where compared_school_count > 0
    group by school_year, region_id, demographic_group_id
),

schools as (
    select
        by_group.school_year,
        by_group.region_id,
        by_group.demographic_group_id,
        count(*) as compared_school_count,
        sum(case when compositions.teacher_count = 0 then by_group.student_count end) as no_access_student_count
    from {{ ref('school_representation_by_group') }} as by_group
    inner join {{ ref('int_school_composition') }} as compositions
        on by_group.school_year = compositions.school_year
        and by_group.school_id = compositions.school_id
        and by_group.demographic_group_id = compositions.demographic_group_id
    where compositions.is_compared
    group by by_group.school_year, by_group.region_id, by_group.demographic_group_id
)

select
    regions.school_year,
    regions.region_id,
    regions.demographic_group_id,
    regions.compared_school_count,
    districts.compared_school_count as of_districts,
    schools.compared_school_count as of_schools
from regions
left join districts
    on regions.school_year = districts.school_year
    and regions.region_id = districts.region_id
    and regions.demographic_group_id = districts.demographic_group_id
left join schools
    on regions.school_year = schools.school_year
    and regions.region_id = schools.region_id
    and regions.demographic_group_id = schools.demographic_group_id
where coalesce(districts.compared_school_count, 0) <> regions.compared_school_count
    or coalesce(schools.compared_school_count, 0) <> regions.compared_school_count
    or coalesce(schools.no_access_student_count, 0) <> coalesce(regions.no_access_student_count, 0)
    {% for count in counts -%}
    or (
        regions.compared_school_count > 0
        and coalesce(districts.{{ count }}, 0) <> coalesce(regions.{{ count }}, 0)
    )
    {% endfor %}
