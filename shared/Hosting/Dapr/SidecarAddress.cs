using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>Where this process's Dapr sidecar answers (<c>Dapr:HttpEndpoint</c>) and the token it wants, if any (<c>DAPR_API_TOKEN</c>, as the sidecar has it).</summary>
internal sealed record SidecarAddress(Uri Endpoint, string? Token)
{
    public const string TokenHeader = "dapr-api-token", AppHeader = "dapr-app-id";

    /// <summary>Null: there is no sidecar. Throws <see cref="InvalidOperationException"/> when what is set is no address.</summary>
    public static SidecarAddress? Of(IConfiguration configuration) => configuration["Dapr:HttpEndpoint"] switch
    {
        null or "" => null,
        { } set when Uri.TryCreate(set, UriKind.Absolute, out var endpoint) && endpoint is { Scheme: "http" or "https", PathAndQuery: "/" } =>
            new(endpoint, configuration["DAPR_API_TOKEN"] is { Length: > 0 } token ? token : null),
        { } set => throw new InvalidOperationException($"Dapr:HttpEndpoint '{set}' is no address of a sidecar: give one such as http://127.0.0.1:3500, or none."),
    };

    /// <summary>The request goes to the sidecar and shows the token.</summary>
    public void Address(HttpRequestMessage request, string path)
    {
        request.RequestUri = new Uri(Endpoint, path);
        if (Token is { } token)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }
    }
}
