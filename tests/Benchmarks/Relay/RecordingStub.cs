namespace CallCenter.Benchmarks.Relay;

/// <summary>Takes recordings' blocks as Recording does, and forgets them: what is measured is the gateway that ships them.</summary>
internal sealed class RecordingStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _uploads;

    private RecordingStub(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Uploads that were taken.</summary>
    public long Uploads => Volatile.Read(ref _uploads);

    public static async Task<RecordingStub> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new RecordingStub(builder.Build());
        stub._app.MapPut("/api/recordings/{recording}/blocks", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null, request.HttpContext.RequestAborted);
            Interlocked.Increment(ref stub._uploads);
            return Results.NoContent();
        });
        await stub._app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
