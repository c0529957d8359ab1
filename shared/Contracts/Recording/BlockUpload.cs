namespace CallCenter.Contracts.Recording;

/// <summary>
/// How a gateway ships a block: <c>PUT /api/recordings/{recording}/blocks/{number}</c>, body the sealed block
/// (application/octet-stream), these headers, role service. 204: stored on disk, also when it was there already with the
/// same hash. 400: not of this form, will never be taken. 409: another block is there under this number, or the
/// recording is another contact's. 401, 413 and 5xx with their usual meaning; after 5xx or no answer send it again.
/// </summary>
public static class BlockUpload
{
    /// <summary>Header: the tenant's id.</summary>
    public const string TenantHeader = "CallCenter-Tenant";

    /// <summary>Header: the contact's id.</summary>
    public const string ContactHeader = "CallCenter-Contact";

    /// <summary>Header: the id of the agent who speaks in the second channel; not sent for a caller's message.</summary>
    public const string AgentHeader = "CallCenter-Agent";

    /// <summary>Header: SHA-256 of the body, lower-case hex.</summary>
    public const string HashHeader = "CallCenter-Hash";

    /// <summary>The path of a block, relative to Recording's address.</summary>
    public static string Path(Guid recording, long number) => $"api/recordings/{recording}/blocks/{number}";
}
