{{ config(materialized='table') }}

{#- The share of teachers of color that a school would have by its nature, in steps of a hundredth. -#}
{%- set school = 'partition by school_year, school_id' -%}

with schools as (
    select
        school_year,
        school_id,
        region_id,
        cast(teachers_of_color_count as {{ type_double() }}) as of_color,
        cast(all_teachers_count as {{ type_double() }}) as everybody
    from {{ ref('school_representation') }}
    where teachers_of_color_share is not null
),

-- By how much the schools' shares vary beyond what chance gives: the intraclass correlation, by the method of moments.
regions as (
    select
        school_year,
        region_id,
        count(*) as school_count,
        sum(of_color) / sum(everybody) as mean_share,
        (
            ({{ sum_of_fractions('of_color * of_color / everybody') }} - sum(of_color) * sum(of_color) / sum(everybody))
            / nullif(sum(of_color) / sum(everybody) * (1 - sum(of_color) / sum(everybody)), 0)
            - (count(*) - 1)
        ) / nullif(
            sum(everybody) - sum(everybody * everybody) / sum(everybody) - (count(*) - 1), 0
        ) as correlation
    from schools
    group by school_year, region_id
),

-- The prior is worth so many teachers: from 1, where every school is of its own kind, to 999, where all are alike.
priors as (
    select
        *,
        1 / least(greatest(coalesce(correlation, 0), 1e-3), 5e-1) - 1 as prior_teachers
    from regions
),

-- The parameters of a school's beta distribution, and its mean, away from the ends.
posteriors as (
    select
        schools.school_year,
        schools.school_id,
        schools.region_id,
        priors.school_count,
        priors.prior_teachers * priors.mean_share + schools.of_color as of_color,
        priors.prior_teachers * (1 - priors.mean_share) + schools.everybody - schools.of_color as of_others,
        least(greatest(
            (priors.prior_teachers * priors.mean_share + schools.of_color) / (priors.prior_teachers + schools.everybody), 1e-2
        ), 99e-2) as mean_share
    from schools
    inner join priors
        on schools.school_year = priors.school_year
        and schools.region_id = priors.region_id
),

-- The density in the middle of each step, as a multiple of that at the mean.
densities as (
    select
        posteriors.*,
        steps.n as step,
        {{ probability(
            '(of_color - 1) * ln((steps.n + 0.5e0) / 100 / mean_share)'
            ~ ' + (of_others - 1) * ln((99.5e0 - steps.n) / 100 / (1 - mean_share))'
        ) }} as density
    from posteriors
    cross join {{ numbers(2) }} as steps
),

summed as (
    select
        *,
        {{ sum_of_fractions('density', 'over (' ~ school ~ ')') }} as all_density,
        {{ sum_of_fractions('density', 'over (' ~ school ~ ' order by step desc rows between unbounded preceding and current row)') }}
            as density_from_here
    from densities
),

-- The probability that the school's share is in the step, and that it is above its middle.
above as (
    select
        *,
        density / all_density as mass,
        (density_from_here - density / 2) / all_density as above
    from summed
),

-- Of the region's other schools, the expected number above it and its variance.
others as (
    select
        *,
        {%- set of_region = 'over (partition by school_year, region_id, step)' %}
        {{ sum_of_fractions('above', of_region) }} - above as others_above,
        {{ sum_of_fractions('above * (1 - above)', of_region) }} - above * (1 - above) as others_variance
    from above
),

-- The number of other schools above is nearly normal.
standardized as (
    select
        *,
        least(greatest(
            ({{ var('schools_by_teachers_of_color') }} - 0.5e0 - others_above)
            / sqrt(greatest(others_variance, 1e-9)), -6
        ), 6) as z
    from others
),

final as (
    select
        school_year,
        school_id,
        -- The normal distribution function by Page (1977), good to 0.0002.
        {{ to_twelve_digits(
            'case when max(school_count) <= ' ~ var('schools_by_teachers_of_color') ~ ' then 1 else '
            ~ sum_of_fractions('mass / (1 + exp(-z * (1.5976e0 + 0.070565992e0 * z * z)))')
            ~ ' end'
        ) }} as top_probability
    from standardized
    group by school_year, school_id
)

select * from final
