using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CallCenter.Hosting.Tests.Web;

public sealed class WebDefaultsTests : IDisposable
{
    private static readonly Guid Red = Guid.CreateVersion7(), Blue = Guid.CreateVersion7();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private sealed record Order(string Name, int Count);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestHost> Start() => TestHost.Start(new Dictionary<string, string?> { ["Data:Folder"] = _folder }, _ => { }, app =>
    {
        app.MapCallCenterDefaults();
        app.MapCallCenterDefaults();
        app.MapGet("/api/me", (Caller caller) => caller).RequireRoles(Role.Agent, Role.Supervisor);
        app.MapGet("/api/unsaid", () => "seen");
        app.MapPost("/api/orders", (Order order) => order).AllowAnonymous();
        app.MapGet("/api/broken", IResult () => throw new InvalidOperationException("the inside")).AllowAnonymous();
    });

    private static async Task<JsonElement> Problem(HttpResponseMessage response, HttpStatusCode expected)
    {
        response.StatusCode.ShouldBe(expected);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.GetProperty("status").GetInt32().ShouldBe((int)expected);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    private static HttpRequestMessage As(TestHost host, Role role, string path) => new(HttpMethod.Get, path)
    {
        Headers = { Authorization = new("Bearer", host.Get<TokenIssuer>().Issue(new(Red, "Rea", role, [Blue])).Token) },
    };

    [Fact]
    public async Task A_signed_in_caller_is_known_by_its_token()
    {
        await using var host = await Start();
        using var http = host.Http;
        using var response = await http.SendAsync(As(host, Role.Agent, "/api/me"), Ct);
        var me = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        me.GetProperty("user").GetGuid().ShouldBe(Red);
        me.GetProperty("name").GetString().ShouldBe("Rea");
        me.GetProperty("role").GetString().ShouldBe("agent");
        me.GetProperty("tenants")[0].GetGuid().ShouldBe(Blue);
    }

    [Theory]
    [InlineData("/api/me")]
    [InlineData("/api/unsaid")]
    public async Task Nobody_signed_in_gets_401(string path)
    {
        await using var host = await Start();
        using var http = host.Http;
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Ct);
        await Problem(response, HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_token_that_was_changed_gets_401()
    {
        await using var host = await Start();
        using var http = host.Http;
        var request = As(host, Role.Agent, "/api/me");
        var parts = request.Headers.Authorization!.Parameter!.Split('.');
        request.Headers.Authorization = new("Bearer", $"{parts[0]}.{parts[1][..^2]}AA.{parts[2]}");
        await Problem(await http.SendAsync(request, Ct), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_role_gets_403()
    {
        await using var host = await Start();
        using var http = host.Http;
        await Problem(await http.SendAsync(As(host, Role.Client, "/api/me"), Ct), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_problems()
    {
        await using var host = await Start();
        using var http = host.Http;
        await Problem(await http.GetAsync(new Uri("/api/nothing", UriKind.Relative), Ct), HttpStatusCode.NotFound);
        await Problem(await http.GetAsync(new Uri("/api/orders", UriKind.Relative), Ct), HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("""{"name": "a"}""", "count")]
    [InlineData("""{"name": null, "count": 1}""", "name")]
    [InlineData("""{"name": "a", "count": "many"}""", "$.count")]
    [InlineData("""{"name": """, "$")]
    public async Task A_body_of_another_form_is_told_where(string body, string where)
    {
        await using var host = await Start();
        using var http = host.Http;
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        var problem = await Problem(await http.PostAsync(new Uri("/api/orders", UriKind.Relative), content, Ct), HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString()!.ShouldContain(where);
        problem.GetProperty("detail").GetString()!.ShouldNotContain("CallCenter.");
    }

    [Fact]
    public async Task A_body_over_the_limit_gets_413_and_another_type_415()
    {
        await using var host = await Start();
        using var http = host.Http;
        using var large = new StringContent($$"""{"name": "{{new string('x', 1024 * 1024)}}", "count": 1}""", new MediaTypeHeaderValue("application/json"));
        await Problem(await http.PostAsync(new Uri("/api/orders", UriKind.Relative), large, Ct), HttpStatusCode.RequestEntityTooLarge);
        using var text = new StringContent("hello");
        await Problem(await http.PostAsync(new Uri("/api/orders", UriKind.Relative), text, Ct), HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task An_error_of_ours_does_not_show_its_inside()
    {
        await using var host = await Start();
        using var http = host.Http;
        using var response = await http.GetAsync(new Uri("/api/broken", UriKind.Relative), Ct);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldNotContain("inside");
        await Problem(response, HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Health_and_openapi_are_open_to_all()
    {
        await using var host = await Start();
        using var http = host.Http;
        (await http.GetAsync(new Uri("/health/live", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var api = await http.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Ct);
        api.GetProperty("paths").TryGetProperty("/api/orders", out _).ShouldBeTrue();
    }
}
