using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>
/// Where another service is: at <c>Services:&lt;Name&gt;:Url</c>; with a Dapr sidecar and no such address under an app id, by default the
/// service's name in lower case; otherwise (neither) in this host, since in one process every service is at home.
/// </summary>
/// <param name="App">The app id (<c>Services:&lt;Name&gt;:App</c>); <c>name.namespace</c> where it is in another namespace.</param>
public sealed record ServiceAddress(Uri? Url, string? App)
{
    /// <summary>The service's address as it is configured.</summary>
    public static ServiceAddress Of(IConfiguration configuration, string service) => configuration[$"Services:{service}:Url"] switch
    {
        { Length: > 0 } url => new(new Uri(url), null),
        _ when SidecarAddress.Of(configuration) is null => new(null, null),
        _ => new(null, configuration[$"Services:{service}:App"] is { Length: > 0 } app ? app : service.ToLowerInvariant()),
    };
}
