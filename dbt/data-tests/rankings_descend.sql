-- In every ranking no school is above one with a larger value, and the ranks are 1, 2, 3, ...
with rankings as (
    select
        'top_schools_by_student_group' as ranking,
        school_year || ' ' || school_type || ' ' || demographic_group_id as list_name,
        school_rank,
        student_share as ranked_value
    from {{ ref('top_schools_by_student_group') }}
    union all
    select
        'top_elementary_schools_by_teacher_group' as ranking,
        school_year || ' ' || demographic_group_id as list_name,
        school_rank,
        cast(teacher_count as {{ type_double() }}) as ranked_value
    from {{ ref('top_elementary_schools_by_teacher_group') }}
    union all
    select
        'top_schools_by_teachers_of_color' as ranking,
        school_year as list_name,
        school_rank,
        teachers_of_color_share as ranked_value
    from {{ ref('top_schools_by_teachers_of_color') }}
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
