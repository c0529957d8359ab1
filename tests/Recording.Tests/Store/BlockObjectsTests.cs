using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Recording.Tests.Play;
using CallCenter.TestKit;

namespace CallCenter.Recording.Tests.Store;

/// <summary>Recordings whose blocks lie in a bucket behind a Dapr binding.</summary>
[Trait("needs", "server")]
public sealed class BlockObjectsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _tenant = Guid.CreateVersion7(), _contact = Guid.CreateVersion7(), _agent = Guid.CreateVersion7(), _recording = Guid.CreateVersion7();
    private readonly List<ServiceHost> _hosts = [];
    private Dictionary<string, string?> _configuration = null!;
    private SidecarServer _sidecar = null!;
    private Blocks _blocks = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IDictionary<string, byte[]> Bucket => _sidecar.Buckets["recordings"];

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarServer.Start();
        _sidecar.Buckets["recordings"] = new();
        _configuration = await postgres.NewConfiguration();
        _configuration["Dapr:HttpEndpoint"] = _sidecar.Endpoint;
        _configuration["Keys:Master"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        _configuration["Keys:Token"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
        await _sidecar.DisposeAsync();
    }

    /// <summary>An instance with a data folder of its own; the first one has Tenancy's snapshots.</summary>
    private async Task<ServiceHost> Start(string? binding = "recordings", string? folder = null)
    {
        var told = new Dictionary<string, string?>(_configuration) { ["Recording:Binding"] = binding };
        told["Data:Folder"] = Path.Combine(_configuration["Data:Folder"]!, folder ?? $"instance-{_hosts.Count}");
        var host = await ServiceHost.Start(told, [_tenant], builder => builder.AddRecording(), app => app.MapRecording());
        _hosts.Add(host);
        _sidecar.Apps.TryAdd("tenancy", host.App.Urls.First());
        var snapshots = host.Get<ConfigurationSnapshots>("recording");
        await snapshots.Complete(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _blocks = new Blocks(_tenant, _recording, host.Get<TenantKeys>().Unwrap(snapshots.Tenant(_tenant)!.DataKey));
        return host;
    }

    private async Task<HttpStatusCode> Put(ServiceHost host, params int[] numbers)
    {
        var body = BlockUpload.Pack([.. numbers.Select(n => new UploadBlock(n, _blocks.Sealed(n)))]);
        using var request = new HttpRequestMessage(HttpMethod.Put, BlockUpload.Path(_recording)) { Content = new ByteArrayContent(body) };
        request.Headers.Add(BlockUpload.TenantHeader, _tenant.ToString());
        request.Headers.Add(BlockUpload.ContactHeader, _contact.ToString());
        request.Headers.Add(BlockUpload.AgentHeader, _agent.ToString());
        request.Headers.Add(BlockUpload.HashHeader, Convert.ToHexStringLower(SHA256.HashData(body)));
        using var gateway = host.As(Role.Service);
        using var response = await gateway.SendAsync(request, Ct);
        return response.StatusCode;
    }

    private async Task End(ServiceHost host, int blocks)
    {
        await host.Tell(new RecordingStarted(_recording, _agent) { Tenant = _tenant, Stream = _contact });
        await host.Tell(new RecordingEnded(_recording, blocks, blocks * RecordingBlock.NominalMs) { Tenant = _tenant, Stream = _contact });
    }

    private async Task<(HttpStatusCode Status, byte[] Content)> Audio(ServiceHost host, RangeHeaderValue? range = null)
    {
        using var supervisor = host.As(Role.Supervisor);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/recordings/{_recording}/audio");
        request.Headers.Range = range;
        using var response = await supervisor.SendAsync(request, Ct);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Ct));
    }

    private static string Detail(byte[] problem) => JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString()!;

    private static string[] Files(string folder) => Directory.GetFiles(folder, "*.blocks", SearchOption.AllDirectories);

    [Fact]
    public async Task Two_instances_take_the_uploads_of_one_recording_and_each_plays_all_of_it()
    {
        var (one, two) = (await Start(), await Start());
        (await Put(one, 0, 1)).ShouldBe(HttpStatusCode.NoContent);
        (await Put(two, 4)).ShouldBe(HttpStatusCode.NoContent);
        (await Put(two, 2, 3)).ShouldBe(HttpStatusCode.NoContent);
        await End(one, 5);

        using var supervisor = two.As(Role.Supervisor);
        (await supervisor.GetFromJsonAsync<JsonElement>($"/api/recordings?contact={_contact}", Ct)).GetProperty("items")[0].GetProperty("sealed").GetBoolean().ShouldBeTrue();
        var (status, whole) = await Audio(one);
        status.ShouldBe(HttpStatusCode.OK);
        (await Audio(two)).Content.ShouldBe(whole);
        var wav = Wav.Read(new MemoryStream(whole));
        wav.Samples.Length.ShouldBe(2 * 20_000);
        ToneProbe.Share(wav.Channel(0), 8000, 440).ShouldBeGreaterThan(0.98);
        ToneProbe.Share(wav.Channel(1), 8000, 1000).ShouldBeGreaterThan(0.98);
        (await Audio(two, new(9_000, 30_000))).Content.ShouldBe(whole[9_000..30_001]);

        Bucket.Count.ShouldBe(3);
        Bucket.Keys.ShouldAllBe(key => key.StartsWith($"{_tenant}/", StringComparison.Ordinal) && key.Contains(_recording.ToString(), StringComparison.Ordinal));
        Files(_configuration["Data:Folder"]!).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(_configuration["Data:Folder"]!, "instance-0", "recording", "playing")).ShouldBeEmpty("what was put together has no name");
    }

    [Fact]
    public async Task What_the_storage_did_not_take_is_503_and_is_taken_when_it_is_sent_again()
    {
        var host = await Start();
        _sidecar.FailNext(500, "ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding recordings: s3 binding error. Uploading: no route to host");
        (await Put(host, 0)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        Bucket.ShouldBeEmpty();
        (await Put(host, 0)).ShouldBe(HttpStatusCode.NoContent);
        (await Put(host, 1)).ShouldBe(HttpStatusCode.NoContent);
        (await Put(host, 1)).ShouldBe(HttpStatusCode.Conflict, "sealed anew it is another block");
        Bucket.Count.ShouldBe(2);
        await End(host, 2);
        (await Audio(host)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_changed_object_is_told_by_its_block_and_one_that_cannot_be_had_is_503()
    {
        var host = await Start();
        await Put(host, 0);
        await Put(host, 1);
        var (key, content) = Bucket.OrderBy(o => o.Key, StringComparer.Ordinal).Last();
        Bucket[key] = [.. content[..^1], (byte)(content[^1] ^ 1)];
        var changed = await Audio(host);
        changed.Status.ShouldBe(HttpStatusCode.InternalServerError);
        Detail(changed.Content).ShouldContain("Block 1 was changed");

        Bucket[key] = content[..^1];
        Detail((await Audio(host)).Content).ShouldContain("Block 1 is missing");

        Bucket.Remove(key);
        var gone = await Audio(host);
        gone.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Detail(gone.Content).ShouldNotContain("NoSuchKey");
    }

    [Fact]
    public async Task A_recording_that_began_as_a_file_goes_on_as_objects()
    {
        var before = await Start(binding: null, folder: "same");
        (await Put(before, 1, 0)).ShouldBe(HttpStatusCode.NoContent);
        Files(_configuration["Data:Folder"]!).ShouldHaveSingleItem();
        var after = await Start(folder: "same");
        (await Put(after, 2)).ShouldBe(HttpStatusCode.NoContent);
        await End(before, 3);
        var (status, whole) = await Audio(after);
        status.ShouldBe(HttpStatusCode.OK);
        ToneProbe.Share(Wav.Read(new MemoryStream(whole)).Channel(0), 8000, 440).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public async Task A_binding_without_a_sidecar_is_refused()
    {
        _configuration.Remove("Dapr:HttpEndpoint");
        (await Should.ThrowAsync<InvalidOperationException>(() => Start())).Message.ShouldContain("Dapr:HttpEndpoint");
    }
}
