{{ representation(
    'region',
    ['region_id'],
    ref('bridge_school_region'),
    ref('dim_region'),
    ref('region_representation_by_group')
) }}
