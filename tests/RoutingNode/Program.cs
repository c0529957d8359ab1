using System.Text.Json;
using CallCenter.RoutingNode;

if (args is not [var order])
{
    await Console.Error.WriteLineAsync("A Routing process for tests, which start it: its one argument is a Node.Order in JSON.");
    return 2;
}

await Node.Run(JsonSerializer.Deserialize<Node.Order>(order)!, TimeProvider.System);
return 0;
