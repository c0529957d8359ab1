using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting.Tests.Dapr;

/// <summary>A service that asks another through the sidecar, over real HTTP.</summary>
public sealed class InvocationTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private SidecarServer _sidecar = null!;
    private TestHost _ivr = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarServer.Start();
        _sidecar.Token = "right";
        _ivr = await TestHost.Start(new Dictionary<string, string?> { ["Data:Folder"] = _folder }, _ => { }, app =>
        {
            app.MapCallCenterDefaults();
            app.MapPut("/api/echo/{**rest}", async (HttpRequest request, Caller caller) =>
            {
                using var reader = new StreamReader(request.Body);
                return new
                {
                    path = request.Path.Value, query = request.QueryString.Value, role = caller.Role.ToString(), body = await reader.ReadToEndAsync(),
                    mine = request.Headers["CallCenter-Test"].ToString(), sidecars = request.Headers.Keys.Where(k => k.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase)),
                };
            }).RequireRoles(Role.Service);
            app.MapGet("/api/nothing", () => Problems.NotFound("thing")).RequireRoles(Role.Service);
            app.MapGet("/api/unwell", () => Results.Json(new { status = "Unhealthy" }, statusCode: 503)).RequireRoles(Role.Service);
            app.MapGet("/api/broken", () => Results.Problem(statusCode: 500)).RequireRoles(Role.Service);
        });
        _sidecar.Apps["ivr"] = _ivr.Url;
    }

    public async ValueTask DisposeAsync()
    {
        await _ivr.DisposeAsync();
        await _sidecar.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A process that calls Ivr; both share the keys' folder.</summary>
    private async Task<WebApplication> Caller(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(settings.Concat([("Dapr:HttpEndpoint", _sidecar.Endpoint), ("DAPR_API_TOKEN", "right"), ("Data:Folder", _folder)])
            .Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2)));
        await builder.UseSidecar(ct: Ct);
        builder.AddCallCenterDefaults();
        builder.AddServiceClient("Ivr");
        return builder.Build();
    }

    private static async Task<HttpResponseMessage> Send(WebApplication caller, HttpMethod method, string path, HttpContent? content = null)
    {
        using var client = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("Ivr");
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("CallCenter-Test", "kept");
        return await client.SendAsync(request, Ct);
    }

    [Fact]
    public async Task A_request_reaches_the_app_as_it_is_and_the_sidecars_token_does_not()
    {
        await using var caller = await Caller();
        using var response = await Send(caller, HttpMethod.Put, "api/echo/a%20b?x=1&y=%2F", new StringContent("the body"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        seen.GetProperty("path").GetString().ShouldBe("/api/echo/a b");
        seen.GetProperty("query").GetString().ShouldBe("?x=1&y=%2F");
        seen.GetProperty("body").GetString().ShouldBe("the body");
        seen.GetProperty("role").GetString().ShouldBe("Service");
        seen.GetProperty("mine").GetString().ShouldBe("kept");
        seen.GetProperty("sidecars").GetArrayLength().ShouldBe(0);
        _sidecar.Requests.Last().ShouldBe(new SidecarRequest("PUT", "/api/echo/a b", "ivr", "right"));
    }

    [Theory]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/unwell", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/api/broken", HttpStatusCode.InternalServerError)]
    public async Task What_the_service_itself_answers_comes_back_as_it_is(string path, HttpStatusCode status)
    {
        await using var caller = await Caller();
        using var response = await Send(caller, HttpMethod.Get, path);
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("status").ToString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_app_that_is_not_there_is_not_taken_for_an_answer_of_it()
    {
        await using var caller = await Caller();
        await _ivr.App.StopAsync(Ct);
        var away = await Should.ThrowAsync<SidecarException>(() => Send(caller, HttpMethod.Get, "/api/nothing"));
        (away.StatusCode, away.ErrorCode, away.IsTransient).ShouldBe((HttpStatusCode.InternalServerError, "ERR_DIRECT_INVOKE", true));
        away.Message.ShouldContain("'ivr'");

        _sidecar.Apps.Clear();
        (await Should.ThrowAsync<SidecarException>(() => Send(caller, HttpMethod.Get, "/api/nothing"))).Message.ShouldContain("Services:<Name>:App");

        _sidecar.DeniedApps.Add("ivr");
        var denied = await Should.ThrowAsync<SidecarException>(() => Send(caller, HttpMethod.Get, "/api/nothing"));
        (denied.StatusCode, denied.IsTransient).ShouldBe((HttpStatusCode.Forbidden, false));
        denied.Message.ShouldContain("accessControl");

        _sidecar.Token = "another";
        (await Should.ThrowAsync<SidecarException>(() => Send(caller, HttpMethod.Get, "/api/nothing"))).Message.ShouldContain("DAPR_API_TOKEN");

        await _sidecar.DisposeAsync();
        (await Should.ThrowAsync<SidecarException>(() => Send(caller, HttpMethod.Get, "/api/nothing"))).Message.ShouldContain(_sidecar.Endpoint);
    }

    [Fact]
    public async Task Another_app_id_and_an_address_of_its_own_go_before_the_services_name()
    {
        _sidecar.Apps["ivr.voice"] = _ivr.Url;
        _sidecar.Apps.TryRemove("ivr", out _);
        await using var elsewhere = await Caller(("Services:Ivr:App", "ivr.voice"));
        using var first = await Send(elsewhere, HttpMethod.Get, "/api/nothing");
        first.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _sidecar.Requests.Last().App.ShouldBe("ivr.voice");

        await using var direct = await Caller(("Services:Ivr:Url", _ivr.Url));
        var before = _sidecar.Requests.Count;
        using var second = await Send(direct, HttpMethod.Get, "/api/nothing");
        second.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _sidecar.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public void Services_in_one_host_have_one_address_and_apps_have_each_their_own()
    {
        ServiceAddress Of(string service, string? endpoint) => ServiceAddress.Of(
            new ConfigurationBuilder().AddInMemoryCollection([new("Dapr:HttpEndpoint", endpoint), new("Services:Crm:Url", "http://crm:8080")]).Build(), service);
        Of("Ivr", null).ShouldBe(Of("Routing", null));
        Of("Ivr", "http://127.0.0.1:3500").ShouldBe(new ServiceAddress(null, "ivr"));
        Of("Crm", "http://127.0.0.1:3500").ShouldBe(new ServiceAddress(new Uri("http://crm:8080"), null));
    }
}
