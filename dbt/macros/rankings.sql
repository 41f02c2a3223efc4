{#
    The rows of a ranking (`nth` is the place, 1 the first) with `tied_beyond`: how many more rows, beyond the first `top` of
    their list, have the same value as the last of those. `list_columns` name the list that a row is ranked in.
#}
{% macro with_ties(relation, ranked_value, list_columns, top) -%}
    select
        *,
        sum(case when nth > {{ top }} and {{ ranked_value }} = last_value_listed then 1 else 0 end)
            over (partition by {{ list_columns }}) as tied_beyond
    from (
        select
            *,
            min(case when nth <= {{ top }} then {{ ranked_value }} end) over (partition by {{ list_columns }}) as last_value_listed
        from {{ relation }}
    ) as listed
{%- endmacro %}
