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
        max(known_teachers_count) as known_teachers_count,
        max(pool_school_count) as pool_school_count,
        {{ overlap('student_count', 'all_students_count', 'teacher_count', 'known_teachers_count') }} as known_overlap,
        -- Rounding must not lead beyond 0 and 1.
        least(greatest(1 - {{ sum_of_fractions('parity_deviation') }} / 2, 0), 1) as overlap_expected,
        least(greatest(1 - {{ sum_of_fractions('pool_deviation') }} / 2, 0), 1) as overlap_of_pool
    from pools
    where category_type = 'race_ethnicity'
    group by school_year, school_id
),

measured as (
    select
        *,
        known_overlap / overlap_expected as representation
    from by_school
),

final as (
    select
        school_year,
        school_id,
        known_teachers_count,
        known_overlap,
        overlap_expected,
        representation,
        case
            when known_teachers_count < {{ var('small_number') }} then 'too few to tell'
            {% for name, least in bands -%}
            when representation >= {{ least }} then '{{ name }}'
            {% endfor -%}
        end as representation_band,
        case when pool_school_count > 1 then overlap_of_pool end as overlap_of_pool,
        case when pool_school_count > 1 then 100 * (known_overlap - overlap_of_pool) end
            as overlap_beyond_pool_pp
    from measured
)

select * from final
