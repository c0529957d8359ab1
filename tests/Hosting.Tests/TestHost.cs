using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting.Tests;

/// <summary>A host on Kestrel at a free port, as a service's Program.cs makes it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private TestHost(WebApplication app) => App = app;

    public WebApplication App { get; }

    public string Url => App.Urls.First();

    public HttpClient Http => new() { BaseAddress = new(Url) };

    public T Get<T>(string service) where T : notnull => App.Services.GetRequiredKeyedService<T>(service);

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public static async Task<TestHost> Start(IDictionary<string, string?> configuration, Action<WebApplicationBuilder> add, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCallCenterDefaults();
        add(builder);
        var app = builder.Build();
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
