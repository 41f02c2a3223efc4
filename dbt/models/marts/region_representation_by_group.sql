{{ representation_by_group(
    'region',
    ['region_id'],
    ref('int_school_composition'),
    ref('dim_region'),
    ref('dim_demographic_group')
) }}
