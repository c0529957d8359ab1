using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Hosting;
using CallCenter.Ivr.Tests.Prompts;
using CallCenter.Media;
using CallCenter.TestKit;

namespace CallCenter.Ivr.Tests.Api;

/// <summary>One Ivr for all tests of the class; each test has tenants of its own.</summary>
public sealed class ConfigurationHost(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Queue<Guid> _tenants = new(Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()));

    public ServiceHost Host { get; private set; } = null!;

    public Guid NewTenant() => _tenants.Dequeue();

    public async ValueTask InitializeAsync()
    {
        Host = await ServiceHost.Start(await postgres.NewConfiguration(), [.. _tenants], b => b.AddIvr(), a => a.MapIvr());
        await Host.Get<ConfigurationSnapshots>("ivr").Complete(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

[Trait("needs", "server")]
public sealed class ConfigurationTests(ConfigurationHost shared) : IClassFixture<ConfigurationHost>, IDisposable
{
    private readonly Guid _tenant = shared.NewTenant(), _other = shared.NewTenant();
    private readonly ServiceHost _host = shared.Host;
    private readonly HttpClient _admin = shared.Host.As(Role.Administrator);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _admin.Dispose();

    private async Task<JsonElement> Put(string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await _admin.PutAsJsonAsync(path, body, Ct);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        response.StatusCode.ShouldBe(expected, json.ToString());
        return json;
    }

    private Task<JsonElement> PutPrompt(Guid id, string text = "Tervetuloa", Guid? tenant = null, string language = "fi", HttpStatusCode expected = HttpStatusCode.OK) =>
        Put($"/api/prompts/{id}", new { tenant = tenant ?? _tenant, language, text }, expected);

    private async Task<HttpResponseMessage> Upload(Guid id, byte[] wav)
    {
        using var content = new ByteArrayContent(wav) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } };
        // The answer to a body that is too large comes before it is sent.
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/prompts/{id}/audio") { Content = content, Headers = { ExpectContinue = true } };
        return await _admin.SendAsync(request, Ct);
    }

    private object Flow(Guid prompt, string name = "Main") => new
    {
        tenant = _tenant, name, language = "fi", start = "bye", steps = new Dictionary<string, object> { ["bye"] = new { hangUp = new { prompt } } },
    };

    [Fact]
    public async Task A_tenants_name_is_spoken_to_services_alone()
    {
        using var service = _host.As(Role.Service);
        var path = new Uri($"/api/prompts/names/{_tenant}", UriKind.Relative);
        var name = await service.GetFromJsonAsync<JsonElement>(path, Ct);
        var of = _host.Get<ConfigurationSnapshots>("ivr").Tenant(_tenant).ShouldNotBeNull();
        (name.GetProperty("text").GetString(), name.GetProperty("language").GetString()).ShouldBe((of.Name, of.Language));
        var wav = await service.GetByteArrayAsync(new Uri(name.GetProperty("url").GetString()!, UriKind.Relative), Ct);
        var clip = Clip.FromWav(new MemoryStream(wav));
        clip.Duration.TotalMilliseconds.ShouldBe(name.GetProperty("milliseconds").GetInt64(), 1);
        ToneProbe.LevelDb(clip.Samples).ShouldBeGreaterThan(-30);
        (await service.GetFromJsonAsync<JsonElement>(path, Ct)).GetProperty("hash").GetString().ShouldBe(name.GetProperty("hash").GetString());

        (await service.GetAsync(new Uri($"/api/prompts/names/{Guid.NewGuid()}", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var agent = _host.As(Role.Agent);
        (await agent.GetAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_prompt_is_spoken_kept_and_played_to_services()
    {
        var id = Guid.CreateVersion7();
        var prompt = await PutPrompt(id);
        prompt.GetProperty("milliseconds").GetInt64().ShouldBeGreaterThan(300);
        (await PutPrompt(id)).GetProperty("hash").GetString().ShouldBe(prompt.GetProperty("hash").GetString());
        (await PutPrompt(id, "Hei")).GetProperty("hash").GetString().ShouldNotBe(prompt.GetProperty("hash").GetString());

        using var service = _host.As(Role.Service);
        using var audio = new MemoryStream(await service.GetByteArrayAsync(new Uri(prompt.GetProperty("url").GetString()!, UriKind.Relative), Ct));
        var wav = Wav.Read(audio);
        (wav.Rate, wav.Channels).ShouldBe((8000, 1));
        ToneProbe.LevelDb(wav.Samples).ShouldBeInRange(-30, -10);
        (await service.GetAsync(new Uri($"/api/prompts/audio/{new string('0', 64)}", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await service.GetAsync(new Uri("/api/prompts/audio/..%2f..%2fkeys%2fmaster", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var agent = _host.As(Role.Agent, null, _tenant);
        (await agent.GetAsync(new Uri(prompt.GetProperty("url").GetString()!, UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_upload_replaces_the_speech_and_stays_until_the_text_changes()
    {
        var id = Guid.CreateVersion7();
        var spoken = await PutPrompt(id);
        using var response = await Upload(id, PromptAudioTests.WavOf(44_100, 2, 2));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var recorded = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        recorded.GetProperty("recorded").GetBoolean().ShouldBeTrue();
        recorded.GetProperty("milliseconds").GetInt64().ShouldBeInRange(1990, 2000);
        (await PutPrompt(id)).GetProperty("hash").GetString().ShouldBe(recorded.GetProperty("hash").GetString());
        (await PutPrompt(id, "Uusi teksti")).GetProperty("recorded").GetBoolean().ShouldBeFalse();
        (await PutPrompt(id)).GetProperty("hash").GetString().ShouldBe(spoken.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Broken_and_oversized_uploads_are_refused()
    {
        var id = Guid.CreateVersion7();
        await PutPrompt(id);
        using var broken = await Upload(id, [1, 2, 3]);
        broken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await broken.Content.ReadAsStringAsync(Ct)).ShouldContain("Send a WAV file");
        using var large = await Upload(id, new byte[10 * 1024 * 1024 + 1]);
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var unknown = await Upload(Guid.CreateVersion7(), PromptAudioTests.WavOf(8_000, 1));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Prompts_are_checked_with_every_error()
    {
        var errors = await Put($"/api/prompts/{Guid.CreateVersion7()}", new { tenant = Guid.Empty, language = "-v", text = "" }, HttpStatusCode.BadRequest);
        errors.GetProperty("errors").GetArrayLength().ShouldBe(3);
        (await PutPrompt(Guid.CreateVersion7(), language: "xx", expected: HttpStatusCode.BadRequest)).ToString().ShouldContain("no voice");
        await PutPrompt(Guid.CreateVersion7(), new string('a', 2_001), expected: HttpStatusCode.BadRequest);
        await PutPrompt(Guid.CreateVersion7(), "a\u0001b", expected: HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_flow_has_a_new_version_only_when_it_changed()
    {
        var (id, prompt) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PutPrompt(prompt);
        (await Put($"/api/flows/{id}", Flow(prompt))).GetProperty("version").GetInt32().ShouldBe(1);
        (await Put($"/api/flows/{id}", Flow(prompt))).GetProperty("version").GetInt32().ShouldBe(1);
        (await Put($"/api/flows/{id}", Flow(prompt, "Renamed"))).GetProperty("version").GetInt32().ShouldBe(2);
        (await Put($"/api/flows/{id}", Flow(prompt))).GetProperty("version").GetInt32().ShouldBe(3);
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/api/flows?tenant={_tenant}", Ct);
        list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("Main");
    }

    [Fact]
    public async Task Concurrent_puts_of_one_flow_give_one_version()
    {
        var (id, prompt) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PutPrompt(prompt);
        var puts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Put($"/api/flows/{id}", Flow(prompt))));
        puts.ShouldAllBe(p => p.GetProperty("version").GetInt32() == 1);
    }

    [Fact]
    public async Task A_wrong_flow_is_refused_with_every_error()
    {
        var (foreign, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PutPrompt(foreign, tenant: _other);
        var errors = await Put($"/api/flows/{id}", new
        {
            tenant = _tenant, name = "", language = "fi", start = "a",
            steps = new Dictionary<string, object> { ["a"] = new { play = new { prompt = foreign, next = "b" } }, ["island"] = new { hangUp = new { } } },
        }, HttpStatusCode.BadRequest);
        errors.GetProperty("errors").EnumerateArray().Select(e => e.GetString()!.Split(':')[0]).ShouldBe(["name", "steps.a", "steps.a", "steps.island"]);
        (await Put($"/api/flows/{id}", new { tenant = _tenant, steps = new { a = new { jump = 1 } } }, HttpStatusCode.BadRequest)).ToString().ShouldContain("$.steps.a");
    }

    [Fact]
    public async Task Another_tenants_things_are_not_there()
    {
        var (prompt, flow) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PutPrompt(prompt);
        await Put($"/api/flows/{flow}", Flow(prompt));
        await PutPrompt(prompt, tenant: _other, expected: HttpStatusCode.NotFound);
        await Put($"/api/flows/{flow}", new
        {
            tenant = _other, name = "Taken", language = "fi", start = "bye", steps = new Dictionary<string, object> { ["bye"] = new { hangUp = new { } } },
        }, HttpStatusCode.NotFound);
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/api/prompts?tenant={_other}", Ct);
        list.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData(Role.Agent)]
    [InlineData(Role.Client)]
    [InlineData(Role.Supervisor)]
    public async Task Only_administrators_and_services_configure(Role role)
    {
        using var client = _host.As(role, null, _tenant);
        (await client.PutAsJsonAsync($"/api/prompts/{Guid.CreateVersion7()}", new { tenant = _tenant, language = "fi", text = "a" }, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.PutAsJsonAsync($"/api/flows/{Guid.CreateVersion7()}", Flow(Guid.CreateVersion7()), Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_tune_can_be_had_for_a_number_s_fallback()
    {
        var tune = await _admin.GetFromJsonAsync<JsonElement>("/api/prompts/tune", Ct);
        tune.GetProperty("milliseconds").GetInt64().ShouldBe(16_000);
        (await _admin.GetAsync(new Uri(tune.GetProperty("url").GetString()!, UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
