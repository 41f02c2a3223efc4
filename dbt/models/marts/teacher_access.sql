with pools as (
    select
        *,
        max(case when category_type = 'of_color' then teacher_count end) over (partition by school_year, school_id)
            as teachers_of_color_count
    from {{ ref('int_school_pool') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
),

organizations as (
    {{ districts_and_regions() }}
),

{% set shares = {
    'no_teacher_student_share': 'case when teacher_count = 0 then 1 else 0 end',
    'one_teacher_student_share': 'case when teacher_count = 1 then 1 else 0 end',
    'chance_no_teacher_student_share': 'pool_no_teacher_chance',
    'parity_no_teacher_student_share': 'parity_no_teacher_chance',
    'teachers_of_color_exposure': share('teachers_of_color_count', 'known_teachers_count'),
} -%}
summed as (
    {% for level in ['district', 'region'] -%}
    select
        school_year,
        region_id,
        '{{ level }}' as organization_level,
        {{ level }}_id as organization_id,
        category_type,
        demographic_group_id,
        cast(count(*) as integer) as compared_school_count,
        cast(sum(student_count) as integer) as student_count,
        cast(sum(teacher_count) as integer) as teacher_count,
        {%- for name, of_school in shares.items() %}
        {{ sum_of_fractions('student_count * (' ~ of_school ~ ')') }} / nullif(sum(student_count), 0) as {{ name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from pools
    group by school_year, region_id, {{ level }}_id, category_type, demographic_group_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        summed.school_year,
        summed.region_id,
        summed.organization_level,
        summed.organization_id,
        organizations.organization_name,
        summed.category_type,
        summed.demographic_group_id,
        groups.demographic_group,
        summed.compared_school_count,
        summed.student_count,
        summed.teacher_count,
        {%- for name in shares %}
        summed.{{ name }},
        {%- endfor %}
        {{ is_small(['summed.student_count']) }} as is_small
    from summed
    inner join organizations
        on summed.organization_level = organizations.organization_level
        and summed.organization_id = organizations.organization_id
    inner join groups
        on summed.demographic_group_id = groups.demographic_group_id
)

select * from final
