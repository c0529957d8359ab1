using Testcontainers.PostgreSql;

namespace CallCenter.TestKit;

/// <summary>The same cluster in a container. Compiled with <c>-p:Containers=true</c> only.</summary>
internal static class ContainerCluster
{
    private const string Image = "postgres:15";

    public static async Task<(string ConnectionString, IAsyncDisposable Cluster)> Start()
    {
        var container = new PostgreSqlBuilder().WithImage(Image).WithCommand("-c", "fsync=off", "-c", "max_connections=400").Build();
        await container.StartAsync();
        return (container.GetConnectionString(), container);
    }
}
