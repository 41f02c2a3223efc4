with {{ ranking(
    ref('int_ranked_teachers_of_color'),
    'teachers_of_color_share',
    ['region_id'],
    var('schools_by_teachers_of_color')
) }},

final as (
    select
        school_year,
        region_id,
        school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        all_teachers_count,
        teachers_of_color_count,
        teachers_of_color_share,
        teachers_of_color_share_high,
        all_students_count,
        students_of_color_share,
        gap_pp,
        parity_ratio,
        top_probability,
        is_small,
        is_rank_small,
        tied_beyond,
        tied_schools,
        previous_school_year,
        previous_rank,
        100 * value_change as teachers_of_color_share_change_pp
    from listed
)

select * from final
