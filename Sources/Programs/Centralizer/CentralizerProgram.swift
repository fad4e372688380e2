import Bootstrap
import Centralizer
import Leads

@main
struct CentralizerProgram {
  static func main() async {
    await WorkerProgram.run(.centralizer) { resources in
      CentralizerHandler(database: resources.database)
    }
  }
}
