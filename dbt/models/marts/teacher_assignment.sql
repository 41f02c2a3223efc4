with pools as (
    select
        *,
        {{ share('teacher_count', 'known_teachers_count') }} as teacher_share,
        {{ share('pool_teacher_count', 'pool_known_teachers_count') }} as pool_share,
        known_teachers_count * {{ share('student_count', 'all_students_count') }} as parity_count
    from {{ ref('int_school_pool') }}
    where demographic_group_id = 'of_color'
),

organizations as (
    {{ districts_and_regions() }}
),

schools as (
    {% for level in ['district', 'region'] -%}
    select
        *,
        '{{ level }}' as organization_level,
        {{ level }}_id as organization_id,
        pool_deviation_from_{{ level }} as pool_deviation_from_all,
        cast(sum(teacher_count) over (partition by school_year, region_id, {{ level }}_id) as {{ type_double() }})
        / sum(known_teachers_count) over (partition by school_year, region_id, {{ level }}_id) as share_of_all
    from pools
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

summed as (
    select
        school_year,
        region_id,
        organization_level,
        organization_id,
        share_of_all,
        count(*) as school_count,
        sum(known_teachers_count) as known_teachers_count,
        sum(teacher_count) as teachers_of_color_count,
        -- Twice this is what would have to move for every school to have the share of all.
        {{ sum_of_fractions('known_teachers_count * abs(teacher_share - share_of_all)') }} as deviation,
        {{ sum_of_fractions('known_teachers_count * pool_deviation_from_all') }} as deviation_expected,
        {{ sum_of_fractions(square('teacher_count - known_teachers_count * share_of_all')) }} as squares,
        -- The variance of the hypergeometric distribution, and its mean's distance.
        {{ sum_of_fractions(
            'known_teachers_count * pool_share * (1 - pool_share) * (pool_known_teachers_count - known_teachers_count)'
            ~ ' / greatest(pool_known_teachers_count - 1, 1)'
            ~ ' + ' ~ square('known_teachers_count * (pool_share - share_of_all)')
        ) }} as squares_expected,
        {{ sum_of_fractions('teacher_count - parity_count') }} as beyond_parity,
        {{ sum_of_fractions('abs(teacher_count - parity_count)') }} as from_parity
    from schools
    group by school_year, region_id, organization_level, organization_id, share_of_all
),

indices as (
    select
        *,
        deviation / nullif(2 * known_teachers_count * share_of_all * (1 - share_of_all), 0) as dissimilarity,
        deviation_expected / nullif(2 * known_teachers_count * share_of_all * (1 - share_of_all), 0) as dissimilarity_expected
    from summed
),

final as (
    select
        indices.school_year,
        indices.region_id,
        indices.organization_level,
        indices.organization_id,
        organizations.organization_name,
        cast(indices.school_count as integer) as compared_school_count,
        cast(indices.known_teachers_count as integer) as known_teachers_count,
        cast(indices.teachers_of_color_count as integer) as teachers_of_color_count,
        indices.share_of_all as known_teachers_of_color_share,
        indices.squares / indices.school_count as teachers_of_color_variance,
        indices.squares_expected / indices.school_count as teachers_of_color_variance_expected,
        indices.dissimilarity,
        indices.dissimilarity_expected,
        (indices.dissimilarity - indices.dissimilarity_expected) / nullif(
            case
                when indices.dissimilarity >= indices.dissimilarity_expected then 1 - indices.dissimilarity_expected
                else indices.dissimilarity_expected
            end,
            0
        ) as dissimilarity_beyond_chance,
        100 * indices.from_parity / indices.known_teachers_count as mean_school_gap_pp,
        100 * indices.beyond_parity / indices.known_teachers_count as overall_gap_pp,
        100 * (indices.from_parity - abs(indices.beyond_parity)) / indices.known_teachers_count as between_schools_gap_pp
    from indices
    inner join organizations
        on indices.organization_level = organizations.organization_level
        and indices.organization_id = organizations.organization_id
)

select * from final
