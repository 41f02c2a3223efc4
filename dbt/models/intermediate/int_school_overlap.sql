{{ config(materialized='table') }}

{#- Decision 50 argues the cut points. -#}
{%- set bands = [('close', 0.85), ('fairly close', 0.7), ('far', 0.5), ('very far', 0)] -%}

with pools as (
    select * from {{ ref('int_school_pool') }}
),

by_school as (
    select
        school_year,
        school_id,
        region_id,
        school_types,
        max(known_teachers_count) as known_teachers_count,
        max(pool_school_count) as pool_school_count,
        {{ overlap('student_count', 'all_students_count', 'teacher_count', 'known_teachers_count') }} as known_overlap,
        -- Rounding must not lead beyond 0 and 1.
        least(greatest(1 - {{ sum_of_fractions('parity_deviation') }} / 2, 0), 1) as overlap_expected,
        least(greatest(1 - {{ sum_of_fractions('pool_deviation') }} / 2, 0), 1) as overlap_of_pool
    from pools
    where category_type = 'race_ethnicity'
    group by school_year, school_id, region_id, school_types
),

measured as (
    select
        by_school.*,
        {{ share('of_color.student_count', 'of_color.all_students_count') }} as students_of_color_share,
        by_school.known_overlap / by_school.overlap_expected as representation
    from by_school
    inner join pools as of_color
        on by_school.school_year = of_color.school_year
        and by_school.school_id = of_color.school_id
        and of_color.category_type = 'of_color'
),

-- The peers: other schools of the same types with a similar share of students of color and enough teachers, in order.
peers as (
    select
        measured.school_year,
        measured.school_id,
        peer.representation,
        row_number() over (
            partition by measured.school_year, measured.school_id
            order by peer.representation, peer.school_id
        ) as nth,
        count(*) over (partition by measured.school_year, measured.school_id) as similar_school_count
    from measured
    inner join measured as peer
        on measured.school_year = peer.school_year
        and measured.region_id = peer.region_id
        and measured.school_types = peer.school_types
        and measured.school_id <> peer.school_id
        and 100 * abs(measured.students_of_color_share - peer.students_of_color_share) <= 10
        and peer.known_teachers_count >= {{ var('small_number') }}
),

medians as (
    select
        school_year,
        school_id,
        max(similar_school_count) as similar_school_count,
        avg(case when 2 * nth between similar_school_count and similar_school_count + 2 then representation end)
            as similar_schools_representation
    from peers
    group by school_year, school_id
),

final as (
    select
        measured.school_year,
        measured.school_id,
        measured.known_teachers_count,
        measured.known_overlap,
        measured.overlap_expected,
        measured.representation,
        case
            when measured.known_teachers_count < {{ var('small_number') }} then 'too few to tell'
            {% for name, least in bands -%}
            when measured.representation >= {{ least }} then '{{ name }}'
            {% endfor -%}
        end as representation_band,
        case when measured.pool_school_count > 1 then measured.overlap_of_pool end as overlap_of_pool,
        case when measured.pool_school_count > 1 then 100 * (measured.known_overlap - measured.overlap_of_pool) end
            as overlap_beyond_pool_pp,
        cast(coalesce(medians.similar_school_count, 0) as integer) as similar_school_count,
        medians.similar_schools_representation
    from measured
    left join medians
        on measured.school_year = medians.school_year
        and measured.school_id = medians.school_id
)

select * from final
