using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting.Tests.Dapr;

public sealed class SidecarStartTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private readonly FakeClock _pauses = new();
    private readonly PauseClock _clock;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public SidecarStartTests() => _clock = new(_pauses);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private WebApplicationBuilder Builder(string endpoint, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(settings.Append(("Dapr:HttpEndpoint", endpoint)).Append(("Data:Folder", _folder))
            .Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2)));
        return builder;
    }

    /// <summary>Moves the time from one pause to the next until the start has ended.</summary>
    private async Task Pass(Task start, Func<int, Task> between)
    {
        for (var pause = 0; !start.IsCompleted; pause++)
        {
            await Eventually.Be(() => _pauses.Armed > 0 || start.IsCompleted);
            if (!start.IsCompleted)
            {
                await between(pause);
            }
            _pauses.Advance(PauseClock.Pause);
        }
    }

    [Fact]
    public async Task The_application_waits_for_a_sidecar_that_comes_later_and_is_ready_later_still()
    {
        var port = FreePort.Find();
        var builder = Builder($"http://127.0.0.1:{port}", ("Dapr:SecretStore", "vault"), ("Dapr:Secret", "callcenter"));
        var start = builder.UseSidecar(_clock, Ct);
        SidecarServer? sidecar = null;
        await Pass(start, async pause =>
        {
            if (pause == 2)
            {
                sidecar = await SidecarServer.Start(port);
                sidecar.IsReady = false;
                sidecar.Stores["vault"] = new() { ["callcenter"] = new() { ["ConnectionStrings__Postgres"] = "Host=db" } };
            }
            else if (sidecar is { IsReady: false } && sidecar.Requests.Count >= 2)
            {
                sidecar.IsReady = true;
            }
        });
        await start;
        builder.Configuration.GetConnectionString("Postgres").ShouldBe("Host=db");
        sidecar!.Requests.Count(r => r.Path == "/v1.0/healthz/outbound").ShouldBeGreaterThan(2);
        sidecar.Requests.Last().Path.ShouldBe("/v1.0/secrets/vault/callcenter");
        await sidecar.DisposeAsync();
    }

    [Fact]
    public async Task A_sidecar_that_never_comes_is_told_after_the_deadline()
    {
        var endpoint = $"http://127.0.0.1:{FreePort.Find()}";
        var start = Builder(endpoint).UseSidecar(_clock, Ct);
        await Pass(start, _ => Task.CompletedTask);
        var e = await Should.ThrowAsync<SidecarException>(() => start);
        e.Message.ShouldContain("not there within 60 s");
        e.Message.ShouldContain(endpoint);
        _pauses.GetUtcNow().ShouldBeGreaterThan(new FakeClock().GetUtcNow() + TimeSpan.FromSeconds(55));
    }

    [Fact]
    public async Task A_store_that_fails_is_asked_again_and_one_that_refuses_is_not()
    {
        await using var sidecar = await SidecarServer.Start();
        sidecar.Stores["vault"] = new() { ["callcenter"] = new() { ["Keys__Master"] = "x" } };
        sidecar.FailNext(500, "ERR_SECRET_GET", "the vault is sealed");
        sidecar.FailNext(500, "ERR_SECRET_GET", "the vault is sealed");
        var again = Builder(sidecar.Endpoint, ("Dapr:SecretStore", "vault"), ("Dapr:Secret", "callcenter"));
        var start = again.UseSidecar(_clock, Ct);
        await Pass(start, _ => Task.CompletedTask);
        await start;
        again.Configuration["Keys:Master"].ShouldBe("x");

        sidecar.DeniedSecrets.Add("callcenter");
        var before = sidecar.Requests.Count;
        await Should.ThrowAsync<SidecarException>(() => Builder(sidecar.Endpoint, ("Dapr:SecretStore", "vault"), ("Dapr:Secret", "callcenter")).UseSidecar(_clock, Ct));
        sidecar.Requests.Skip(before).Count(r => r.Path.StartsWith("/v1.0/secrets", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_named_secret_all_that_have_a_section_are_read_and_what_the_process_is_told_goes_before_them()
    {
        await using var sidecar = await SidecarServer.Start();
        sidecar.Stores["vault"] = new()
        {
            ["ConnectionStrings--Postgres"] = new() { ["ConnectionStrings--Postgres"] = "Host=secret" },
            ["ConnectionStrings--RabbitMq"] = new() { ["ConnectionStrings--RabbitMq"] = "amqp://secret" },
            ["certificate"] = new() { ["certificate"] = "of another program" },
        };
        var builder = Builder(sidecar.Endpoint, ("Dapr:SecretStore", "vault"), ("ConnectionStrings:Postgres", "Host=mine"));
        await builder.UseSidecar(_clock, Ct);
        builder.Configuration.GetConnectionString("Postgres").ShouldBe("Host=mine");
        builder.Configuration.GetConnectionString("RabbitMq").ShouldBe("amqp://secret");
        builder.Configuration["certificate"].ShouldBeNull();
    }

    [Fact]
    public void Two_secrets_that_differ_on_one_key_are_refused()
    {
        var same = new Dictionary<string, string> { ["Keys__Master"] = "a" };
        SidecarSecrets.AsConfiguration([same, same])["Keys:Master"].ShouldBe("a");
        Should.Throw<InvalidOperationException>(() => SidecarSecrets.AsConfiguration([same, new Dictionary<string, string> { ["Keys--Master"] = "b" }]))
            .Message.ShouldContain("Keys:Master");
    }

    [Fact]
    public async Task A_secret_without_its_store_and_an_endpoint_that_is_none_are_refused()
    {
        await using var sidecar = await SidecarServer.Start();
        (await Should.ThrowAsync<InvalidOperationException>(() => Builder(sidecar.Endpoint, ("Dapr:Secret", "callcenter")).UseSidecar(_clock, Ct)))
            .Message.ShouldContain("Dapr:SecretStore");
        foreach (var none in new[] { "3500", "localhost:3500", "http://127.0.0.1:3500/v1.0" })
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => Builder(none).UseSidecar(_clock, Ct))).Message.ShouldContain(none);
        }
    }

    [Fact]
    public async Task The_keys_of_the_installation_come_from_the_store_and_no_file_is_made()
    {
        await using var sidecar = await SidecarServer.Start();
        var (master, token) = (Convert.ToBase64String(new byte[32]), Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()));
        sidecar.Stores["kubernetes"] = new() { ["callcenter"] = new() { ["Keys__Master"] = master, ["Keys__Token"] = token } };
        var hosts = new List<WebApplication>();
        foreach (var service in new[] { "one", "two" })
        {
            var builder = Builder(sidecar.Endpoint, ("Dapr:SecretStore", "kubernetes"), ("Dapr:Secret", "callcenter"));
            builder.Configuration["Data:Folder"] = Path.Combine(_folder, service);
            await builder.UseSidecar(_clock, Ct);
            builder.AddCallCenterDefaults();
            hosts.Add(builder.Build());
        }
        var (one, two) = (hosts[0].Services, hosts[1].Services);
        two.GetRequiredService<TenantKeys>().Open(one.GetRequiredService<TenantKeys>().Seal("password")).ShouldBe("password");
        (await two.GetRequiredService<TokenIssuer>().Read(one.GetRequiredService<TokenIssuer>().IssueForService().Token)).ShouldNotBeNull();
        Directory.Exists(Path.Combine(_folder, "one", "keys")).ShouldBeFalse();
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public void A_key_that_is_none_is_refused_by_its_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Keys:Master", "c2hvcnQ="), new("Keys:Token", "no base64")]).Build();
        Should.Throw<InvalidOperationException>(() => new TenantKeys(new DataFolder(_folder), configuration)).Message.ShouldContain("Keys:Master");
        Should.Throw<InvalidOperationException>(() => new TokenIssuer(new DataFolder(_folder), _clock, configuration)).Message.ShouldContain("Keys:Token");
    }

    [Fact]
    public void A_program_that_does_not_begin_with_its_sidecar_is_told_so() =>
        Should.Throw<InvalidOperationException>(() => Builder("http://127.0.0.1:3500").AddCallCenterDefaults()).Message.ShouldContain("UseSidecar");

    [Fact]
    public async Task Without_an_endpoint_nothing_is_asked_and_nothing_changes()
    {
        var builder = Builder("");
        await builder.UseSidecar(_clock, Ct);
        builder.AddCallCenterDefaults();
        _pauses.Armed.ShouldBe(0);
    }

    /// <summary>The test's time for pauses between attempts; the deadline of an attempt itself is the system's.</summary>
    private sealed class PauseClock(FakeClock pauses) : TimeProvider
    {
        public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

        public override long TimestampFrequency => pauses.TimestampFrequency;

        public override long GetTimestamp() => pauses.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => pauses.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            (dueTime == Pause ? pauses : System).CreateTimer(callback, state, dueTime, period);
    }
}
