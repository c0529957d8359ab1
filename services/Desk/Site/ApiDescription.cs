using System.Text.Json.Nodes;
using CallCenter.Desk.Screens;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CallCenter.Desk.Site;

/// <summary>
/// <c>/openapi/v1.json</c> of the whole house where each service is a process of its own: the descriptions of all of them as one. In one
/// process there is one already.
/// </summary>
internal static class ApiDescription
{
    private const string Path = "/openapi/v1.json", Schema = "#/components/schemas/";

    /// <summary>Maps it where the services are elsewhere.</summary>
    public static void MapApiDescription(this WebApplication app)
    {
        if (HealthApi.Services.Any(service => app.Configuration[$"Services:{service}:Url"] is { Length: > 0 }))
        {
            app.MapGet(Path, Get).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static async Task<IResult> Get(
        [FromKeyedServices("v1")] IOpenApiDocumentProvider own, IHttpClientFactory http, CancellationToken ct)
    {
        var whole = JsonNode.Parse(await (await own.GetOpenApiDocumentAsync(ct)).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct))!.AsObject();
        foreach (var service in HealthApi.Services)
        {
            using var client = http.CreateClient(service);
            Add(whole, service, await client.GetStringAsync(new Uri(Path, UriKind.Relative), ct));
        }
        return Results.Json(whole);
    }

    /// <summary>What two services call the same and is not the same gets the second one's name before its own.</summary>
    private static void Add(JsonObject whole, string service, string description)
    {
        var schemas = Of(whole, "components", "schemas");
        var theirs = Of(JsonNode.Parse(description)!.AsObject(), "components", "schemas");
        foreach (var (name, schema) in theirs.Where(s => schemas[s.Key] is { } known && !JsonNode.DeepEquals(known, s.Value)))
        {
            description = description.Replace($"\"{Schema}{name}\"", $"\"{Schema}{service}{name}\"", StringComparison.Ordinal);
        }
        var part = JsonNode.Parse(description)!.AsObject();
        foreach (var (name, schema) in Of(part, "components", "schemas"))
        {
            var told = schemas[name] is { } known && !JsonNode.DeepEquals(known, theirs[name]) ? service + name : name;
            schemas[told] ??= schema!.DeepClone();
        }
        foreach (var (path, operations) in Of(part, "paths"))
        {
            Of(whole, "paths")[path] ??= operations!.DeepClone();
        }
    }

    private static JsonObject Of(JsonObject document, params string[] way) =>
        way.Aggregate(document, (node, name) => (node[name] ??= new JsonObject()).AsObject());
}
