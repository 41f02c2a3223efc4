with {{ ranking(
    ref('int_ranked_teacher_group'),
    'teacher_count',
    ['region_id', 'demographic_group_id'],
    var('schools_per_group')
) }},

final as (
    select
        school_year,
        region_id,
        category_type,
        demographic_group_id,
        demographic_group,
        school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        teacher_count,
        all_teachers_count,
        teacher_share,
        is_small,
        is_rank_small,
        tied_beyond,
        tied_schools,
        previous_school_year,
        previous_rank,
        value_change as teacher_count_change
    from listed
)

select * from final
