using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>Limits, JSON, errors, sign-in, OpenAPI and health of a host's HTTP side.</summary>
internal static class WebDefaults
{
    private const int JsonDepthMax = 32;
    private const long BodyBytesMax = 1024 * 1024;
    private static readonly string? Version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    public static void AddWebDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<KestrelServerOptions>(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = BodyBytesMax;
            o.Limits.RequestHeadersTimeout = HeadersWithin;
        });
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.MaxDepth = JsonDepthMax;
            o.SerializerOptions.RespectNullableAnnotations = true;
            o.SerializerOptions.RespectRequiredConstructorParameters = true;
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(o => o.CustomizeProblemDetails = Problems.Complete);
        builder.Services.AddOpenApi();
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<TokenIssuer>();
        builder.Services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        builder.Services.AddAuthorization();
        builder.Services.Configure<ForwardedHeadersOptions>(o =>
        {
            // Empty lists would trust everybody: without proxies of ours the headers are not read at all.
            var proxies = (builder.Configuration["Web:TrustedProxies"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            o.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var network in proxies)
            {
                o.KnownIPNetworks.Add(IPNetwork.TryParse(network, out var known) ? known
                    : throw new InvalidOperationException($"Web:TrustedProxies '{network}' is no network in CIDR form, such as 10.0.0.0/8."));
            }
        });
    }

    /// <summary>The pipeline in order.</summary>
    public static void UseWebDefaults(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = Problems.Answer, StatusCodeSelector = Problems.StatusOf,
            SuppressDiagnosticsCallback = context => Problems.StatusOf(context.Exception) < StatusCodes.Status500InternalServerError,
        });
        app.UseForwardedHeaders();
        app.UseStatusCodePages();
        app.Use(NameSpan);
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(ClosedByDefault.Check);
        app.MapOpenApi().AllowAnonymous();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteHealth }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains("ready"), ResponseWriter = WriteHealth }).AllowAnonymous();
        app.MapGet("/health/configuration", Configuration).RequireRoles(Role.Service).ExcludeFromDescription();
    }

    /// <summary>With which versions of the operator's and the tenants' configuration each service of this host works now.</summary>
    private static Dictionary<string, Dictionary<Guid, long>> Configuration(IServiceProvider services) =>
        services.GetKeyedServices<ConfigurationSnapshots>(KeyedService.AnyKey).ToDictionary(s => s.Service, s => s.Versions());

    // The server's span is named by the route, as OpenTelemetry's conventions want it; the built-in source leaves that to us.
    private static Task NameSpan(HttpContext context, RequestDelegate next)
    {
        if (Activity.Current is { IsAllDataRequested: true } span && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{context.Request.Method} {route}";
        }
        return next(context);
    }

    // The version is for those who run the house: it would tell strangers which faults to try.
    private static Task WriteHealth(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        version = Caller.From(context.User)?.Role is Role.Service or Role.Administrator ? Version : null,
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), description = e.Value.Description }),
    });
}
