"""Both SDKs are made from one description: the OpenAPI document of the API itself."""
