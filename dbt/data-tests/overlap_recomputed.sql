-- Overlap, computed once more from the shares of the groups.
{% for organization, keys in [
    ('school', ['school_id']), ('district', ['region_id', 'district_id']), ('region', ['region_id']),
] %}
select
    '{{ organization }}' as organization,
    kept.school_year,
    kept.{{ keys | join(" || ' ' || kept.") }} as organization_id,
    kept.overlap,
    recomputed.overlap as overlap_recomputed
from {{ ref(organization ~ '_representation') }} as kept
inner join (
    select
        school_year,
        {{ keys | join(', ') }},
        1 - 0.5 * sum(abs(teacher_share - coalesce(student_share, 0))) as overlap
    from {{ ref(organization ~ '_representation_by_group') }}
    where category_type = 'race_ethnicity'
    group by school_year, {{ keys | join(', ') }}
) as recomputed
    on kept.school_year = recomputed.school_year
    {% for key in keys -%}
    and kept.{{ key }} = recomputed.{{ key }}
    {% endfor -%}
where abs(kept.overlap - recomputed.overlap) > 0.0000001
{{ 'union all' if not loop.last }}
{% endfor %}
