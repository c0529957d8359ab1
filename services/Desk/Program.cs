using CallCenter.Desk;
using CallCenter.Hosting;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddDesk();

var app = builder.Build();
app.MapCallCenterDefaults();
app.MapDesk();
await app.RunAsync();
