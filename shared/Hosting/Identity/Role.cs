using System.Text.Json.Serialization;

namespace CallCenter.Hosting;

/// <summary>What a user may do; in JSON and tokens in small letters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Takes contacts; sees itself and what it handled.</summary>
    [JsonStringEnumMemberName("agent")] Agent,

    /// <summary>Sees everything of the operator, changes agents' states.</summary>
    [JsonStringEnumMemberName("supervisor")] Supervisor,

    /// <summary>A tenant's employee: sees that tenant's reports and recordings.</summary>
    [JsonStringEnumMemberName("client")] Client,

    /// <summary>Configures tenants, numbers, trunks and users.</summary>
    [JsonStringEnumMemberName("administrator")] Administrator,

    /// <summary>Another service of this installation.</summary>
    [JsonStringEnumMemberName("service")] Service,
}
