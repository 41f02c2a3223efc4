with with_ties as (
    {{ ranking(
        ref('int_ranked_teachers_of_color'),
        'teachers_of_color_share',
        ['region_id'],
        var('schools_by_teachers_of_color')
    ) }}
),

probabilities as (
    select * from {{ ref('int_top_probability') }}
),

final as (
    select
        with_ties.school_year,
        with_ties.region_id,
        with_ties.school_rank,
        with_ties.school_id,
        with_ties.school_code,
        with_ties.school_name,
        with_ties.district_name,
        with_ties.all_teachers_count,
        with_ties.teachers_of_color_count,
        with_ties.teachers_of_color_share,
        with_ties.teachers_of_color_share_high,
        with_ties.all_students_count,
        with_ties.students_of_color_share,
        with_ties.gap_pp,
        with_ties.parity_ratio,
        probabilities.top_probability,
        with_ties.is_small,
        with_ties.is_rank_small,
        with_ties.tied_beyond,
        with_ties.tied_schools,
        with_ties.previous_school_year,
        with_ties.previous_rank,
        100 * with_ties.value_change as teachers_of_color_share_change_pp
    from with_ties
    left join probabilities
        on with_ties.school_year = probabilities.school_year
        and with_ties.school_id = probabilities.school_id
    where with_ties.school_rank <= {{ var('schools_by_teachers_of_color') }}
)

select * from final
