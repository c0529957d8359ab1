using CallCenter.Hosting;

namespace CallCenter.TestKit;

/// <summary>One real RabbitMQ node for a test class or assembly, started at the first question for its address.</summary>
public sealed class RabbitMqFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private EmbeddedRabbitMq? _node;

    /// <summary>The node, running.</summary>
    public async Task<EmbeddedRabbitMq> Node()
    {
        await _starting.WaitAsync();
        try
        {
            return _node ??= await EmbeddedRabbitMq.Start(new DataFolder(_folder), _ => { }, CancellationToken.None);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_node is { } node)
        {
            await node.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
        _starting.Dispose();
    }
}
