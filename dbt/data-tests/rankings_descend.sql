-- In every ranking a school stands no lower than one with a larger value, and the ranks are 1, 2, 3, ...
with rankings as (
    {% for ranking, lists, value in [
        ('top_schools_by_student_group', ['region_id', 'school_type', 'demographic_group_id'], 'student_share'),
        ('top_elementary_schools_by_teacher_group', ['region_id', 'demographic_group_id'], 'teacher_count'),
        ('top_schools_by_teachers_of_color', ['region_id'], 'teachers_of_color_share'),
    ] -%}
    select
        '{{ ranking }}' as ranking,
        school_year || ' ' || {{ lists | join(" || ' ' || ") }} as list_name,
        school_rank,
        cast({{ value }} as {{ type_double() }}) as ranked_value
    from {{ ref(ranking) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

with_previous as (
    select
        *,
        lag(ranked_value) over (partition by ranking, list_name order by school_rank) as previous_value,
        lag(school_rank) over (partition by ranking, list_name order by school_rank) as previous_rank
    from rankings
)

select *
from with_previous
where ranked_value > previous_value or school_rank <> coalesce(previous_rank, 0) + 1
