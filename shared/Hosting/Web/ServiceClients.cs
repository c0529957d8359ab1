using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>HTTP clients of other services.</summary>
public static class ServiceClients
{
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(10), ConnectTime = TimeSpan.FromSeconds(2), ConnectionLife = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Registers the named client <c>IHttpClientFactory.CreateClient("Ivr")</c> for paths of that service, with the service's token.
    /// Where it is: <see cref="ServiceAddress"/>. What does not answer is an <see cref="HttpRequestException"/>.
    /// </summary>
    public static void AddServiceClient(this IHostApplicationBuilder builder, string service)
    {
        if (!builder.Registered<KnownClients>().Add(service))
        {
            return;
        }
        var address = ServiceAddress.Of(builder.Configuration, service);
        var client = builder.Services.AddHttpClient(service, client =>
            {
                client.BaseAddress = OwnAddress.Placeholder;
                client.Timeout = RequestTime;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = ConnectTime, PooledConnectionLifetime = ConnectionLife, UseProxy = false })
            .AddHttpMessageHandler(services => new WithToken(services.GetRequiredService<TokenIssuer>()));
        client = address.App is { } app && SidecarAddress.Of(builder.Configuration) is { } sidecar
            ? client.AddHttpMessageHandler(() => new ToApp(sidecar, app))
            : client.AddHttpMessageHandler(services => new ToUrl(address.Url, services.GetRequiredService<OwnAddress>()));
        client.RemoveAllLoggers();
    }

    private sealed class KnownClients : HashSet<string>;

    private sealed class WithToken(TokenIssuer tokens) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", tokens.IssueForService().Token);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class ToUrl(Uri? configured, OwnAddress own) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = configured ?? await own.Get(cancellationToken);
            if (request.RequestUri is { } uri && uri.Host == OwnAddress.Placeholder.Host)
            {
                request.RequestUri = new Uri(address, uri.PathAndQuery);
            }
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Where this host listens; known once it has started.</summary>
internal sealed class OwnAddress(IServer server, IHostApplicationLifetime lifetime)
{
    public static readonly Uri Placeholder = new("http://service.invalid/");

    private readonly Task _started = Started(lifetime);

    public async Task<Uri> Get(CancellationToken ct)
    {
        await _started.WaitAsync(ct);
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("This host listens on no http address: set Services:<Name>:Url.");
        var uri = new UriBuilder(address.Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
        if (uri.Host is "0.0.0.0" or "[::]")
        {
            uri.Host = "127.0.0.1";
        }
        return uri.Uri;
    }

    private static Task Started(IHostApplicationLifetime lifetime)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        return started.Task;
    }
}
